"""Text to relationship and back."""
