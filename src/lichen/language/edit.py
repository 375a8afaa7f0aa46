"""One-value edits of a file's text: they touch the value's own place and leave comments, order and layout alone."""

from __future__ import annotations

import re
from typing import final

from lichen.language.source import Block, Broken, Node, Scalar, Series, Source, compose

_INDENT = "  "
_NEEDS_QUOTES = re.compile(r"""^[\s?:,\[\]{}#&*!|>'"%@`]|^-(?![\d.])|: |:$| \#|[\n\t]|\s$""")
_FLOW_MARKS = re.compile(r"[,\[\]{}]")


@final
class EditError(ValueError):
    """The path leads nowhere in this file, or the text cannot be read."""


def edit(text: str, path: str, new: str) -> str:
    """The text of a file with another value at a path (`flows.payment.visible_to`, `adjustment.changes.0.to`).

    `new` is what stands there: a formula or text, or a list or mapping in brackets or braces. A missing key is added
    behind the last one of its mapping, in the layout of that mapping; a value `{value: ...}` keeps its reason.

    Raises:
        EditError: the path leads through a value that has no keys, or the text cannot be read before or after.
    """
    root = _composed(text)
    node, missing = _follow(root, path)
    if missing:
        edited = _insert(text, node, missing, new)
    else:
        if isinstance(node, Block) and "value" in node.entries:
            node = node.entries["value"].value
        edited = _put(text, node, _written(new, in_flow=_in_flow(root, node)))
    _, left = _follow(_composed(edited), path)
    if left:
        raise EditError(f"`{path}` cannot be set to `{new}`.")
    return edited


def _composed(text: str) -> Node:
    problems: list[object] = []
    root = compose(Source("", text), problems.append)
    if root is None or problems:
        raise EditError("The text cannot be read.")
    return root


def _follow(root: Node, path: str) -> tuple[Node, list[str]]:
    """The node at a path, or the last one on the way to it and the keys that are missing."""
    node, rest = root, path
    while rest:
        if isinstance(node, Block):
            name = next(
                (n for n in sorted(node.entries, key=len, reverse=True) if rest == n or rest.startswith(n + ".")), None
            )
            if name is None:
                return node, rest.split(".")
            node, rest = node.entries[name].value, rest[len(name) + 1 :]
        elif isinstance(node, Series):
            head, _, rest = rest.partition(".")
            if not head.isdigit() or int(head) >= len(node.items):
                raise EditError(f"`{path}` names no item of this list.")
            node = node.items[int(head)]
        else:
            return node, rest.split(".")
    return node, []


def _in_flow(root: Node, target: Node, inside: bool = False) -> bool:
    """Whether a node stands inside braces or brackets."""
    if root is target:
        return inside
    if isinstance(root, Scalar | Broken) or not root.start <= target.start <= root.end:
        return False
    below = [entry.value for entry in root.entries.values()] if isinstance(root, Block) else list(root.items)
    return any(_in_flow(node, target, inside or root.flow) for node in below)


def _put(text: str, node: Node, written: str) -> str:
    """The text with a node replaced."""
    before, after = text[: node.start], text[node.end :]
    if node.start == node.end and before.endswith(":"):
        written = f" {written}"
    return before + written + after


def _insert(text: str, node: Node, keys: list[str], new: str) -> str:
    """The text with missing keys added below a node."""
    if isinstance(node, Scalar):
        if node.text and len(keys) == 1:
            return _put(
                text,
                node,
                "{value: " + text[node.start : node.end] + f", {keys[0]}: {_written(new, in_flow=True)}" + "}",
            )
        if node.text:
            raise EditError(f"`{node.text}` has no keys.")
        return _put(text, node, _nested(keys, new))
    if not isinstance(node, Block):
        raise EditError(f"Nothing can be added under `{keys[0]}`.")
    if node.flow:
        head, tail = text[: node.end - 1].rstrip(), text[node.end - 1 :]
        comma = "" if not node.entries or head.endswith(",") else ", "
        inner = _nested(keys[1:], new) if keys[1:] else _written(new, in_flow=True)
        return f"{head}{comma}{keys[0]}: {inner}{tail}"
    return _insert_line(text, node, keys, new)


def _insert_line(text: str, node: Block, keys: list[str], new: str) -> str:
    """The text with a line behind the last entry of a mapping in block layout."""
    last = list(node.entries.values())[-1]
    newline = "\r\n" if "\r\n" in text else "\n"
    end = text.find("\n", max(last.value.end, last.key.end))
    end = len(text) if end < 0 else end + 1
    column = last.key.start - (text.rfind("\n", 0, last.key.start) + 1)
    if text[last.key.start - column : last.key.start].strip(" -"):
        raise EditError(f"`{keys[0]}` cannot be added here.")
    lines = [" " * column + _INDENT * depth + f"{key}:" for depth, key in enumerate(keys)]
    lines[-1] += f" {_written(new, in_flow=False)}"
    head = text[:end]
    if head and not head.endswith("\n"):
        head += newline
    return head + newline.join(lines) + newline + text[end:]


def _nested(keys: list[str], new: str) -> str:
    """Keys in braces, each in the one before."""
    inner = _written(new, in_flow=True)
    for key in reversed(keys):
        inner = f"{{{key}: {inner}}}"
    return inner


def _written(new: str, *, in_flow: bool) -> str:
    """A value as it may stand in the text: as it is, or in quotes where YAML would read it otherwise."""
    if new.startswith(("[", "{")):
        return new
    if new and not _NEEDS_QUOTES.search(new) and not (in_flow and _FLOW_MARKS.search(new)):
        return new
    escaped = new.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
