"""The fast engine: the same program in machine code, for many futures and many members."""
