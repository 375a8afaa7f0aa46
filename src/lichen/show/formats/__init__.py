"""A relationship in the forms of other tools."""
