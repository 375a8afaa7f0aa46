"""For eyes and other tools."""
