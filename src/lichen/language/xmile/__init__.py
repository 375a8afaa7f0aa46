"""A model of another tool, in XMILE, as the first text of a relationship."""
