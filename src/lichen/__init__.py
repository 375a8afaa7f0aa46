"""lichen: is this relationship one in which both sides stay whole?

A relationship is written down in one file; lichen reads it, sets it in motion, holds it against the real record and
says which of its sides is losing what it lives from, since when, and what could be agreed instead.
"""

__version__ = "0.1.0"
