"""What the checks measure: one noun a module, each a figure with its interval."""
