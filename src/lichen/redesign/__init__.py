"""Better terms: redline, effect on each side."""
