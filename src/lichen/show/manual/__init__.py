"""The manual that `lichen explain` prints: a page for every finding, component, mechanism, kind, reading and key.

Nothing here repeats what stands elsewhere: findings bring the docstring of their module, mechanisms their `about.md`,
keys the table of the language. What has no other home stands in `texts/`.
"""

from lichen.show.manual.lookup import contents, nearest, page

__all__ = ["contents", "nearest", "page"]
