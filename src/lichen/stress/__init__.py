"""What becomes of a relationship if somebody leaves, cheats or is struck: one module a question."""
