"""The six failure modes, one file each."""
