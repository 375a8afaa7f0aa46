"""A relationship as stocks, delays and formulas: the form that feedback analysis and other simulators work on."""
