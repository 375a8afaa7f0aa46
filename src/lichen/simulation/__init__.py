"""The relationship in motion: programs, engines, draws, experiments, futures."""

from lichen.simulation.experiments import Experiment, standard_experiments
from lichen.simulation.futures import FlowTotals, Futures, Lane, Trace
from lichen.simulation.run import simulate, unknown_values, values_of

__all__ = [
    "Experiment",
    "FlowTotals",
    "Futures",
    "Lane",
    "Trace",
    "simulate",
    "standard_experiments",
    "unknown_values",
    "values_of",
]
