"""Escape from a loop, the whole subject under one name: barriers and T_c (barrier.py), what holds
along a cycle (cycle.py), and the live experiment (experiment.py). The closed forms of the
calculator's curves are in escape_curves.py.
"""

from playground.decoding.barrier import (
    Barrier,
    chain_escape_probability,
    critical_temperature,
    energy_barrier,
    escape_possible,
    escape_probability,
    escape_probability_exact,
    min_p_critical_temperature,
    nucleus_root,
    solve_critical_temperature,
    top_k_critical_temperature,
    two_state_escape_probability,
)
from playground.decoding.cycle import (
    StepsToEscape,
    cycle_barriers,
    cycle_critical_temperature,
    loop_survival,
    penalized_barrier,
    steps_to_escape,
    trapping_top_p,
    truth_table,
    visit_of_negative_barrier,
)
from playground.decoding.experiment import Cycle, EscapeProgress, escape_experiment, find_cycle
from playground.metrics import wilson_interval

__all__ = [
    "Barrier",
    "Cycle",
    "EscapeProgress",
    "StepsToEscape",
    "chain_escape_probability",
    "critical_temperature",
    "cycle_barriers",
    "cycle_critical_temperature",
    "energy_barrier",
    "escape_experiment",
    "escape_possible",
    "escape_probability",
    "escape_probability_exact",
    "find_cycle",
    "loop_survival",
    "min_p_critical_temperature",
    "nucleus_root",
    "penalized_barrier",
    "solve_critical_temperature",
    "steps_to_escape",
    "top_k_critical_temperature",
    "trapping_top_p",
    "truth_table",
    "two_state_escape_probability",
    "visit_of_negative_barrier",
    "wilson_interval",
]
