"""The relationship in motion: programs, engines, draws, experiments, futures."""
