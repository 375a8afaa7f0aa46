"""Known kinds of relationship, a folder each."""
