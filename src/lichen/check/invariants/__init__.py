"""The five invariants, one file each."""
