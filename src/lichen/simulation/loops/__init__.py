"""Feedback loops: which of them carry the change, when, and what they come to at rest."""
