"""Measurements of whole commands; the tests never time anything."""
