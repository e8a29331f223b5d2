"""Links of before: `?tab=lessons&lesson=…&step=k` counted the steps of longer ones, from 0."""

from __future__ import annotations

# Where each of a lesson's old steps begins now, from 0; a lesson that is not here has the steps
# that it had.
BEGINS = {
    "next-token": (0, 2, 4),
    "greedy-loops": (0, 2, 3, 4),
    "temperature": (0, 1, 3),
    "top-k-and-top-p": (0, 1, 3),
    "repetition-penalty": (0, 2, 3),
    "the-handout-says": (0, 5, 11, 17, 21),
    "exercises": (0, 2, 4, 6, 8, 9),
}


def step_of_old(lesson: str, step: int) -> int:
    """The step of today, from 0."""
    begins = BEGINS.get(lesson)
    if begins is None:
        return step
    return begins[step] if step < len(begins) else begins[-1]
