"""The mutual dependency map, from structure alone."""
