"""What really happened, and what was agreed."""
