"""Every limit, in one place.

Each field can be overridden by an environment variable, its name in capitals with `PLAYGROUND_`
before it (`max_new_tokens` by `PLAYGROUND_MAX_NEW_TOKENS`). Beyond a limit the visitor gets a
sentence that names it, at once.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from playground.backend.errors import LimitExceeded
from playground.i18n import t


@dataclass(frozen=True)
class Limits:
    """All limits. Lengths in tokens unless the name says otherwise, times in seconds, memory in
    megabytes (10^6 bytes)."""

    max_body_mb: float = (
        8.0  # bytes of one request; a saved run that is opened again is the longest
    )
    sessions_kept: int = 512  # of visitors' pages: 0.01 MB each, made anew when it is lost
    max_prompt_characters: int = 20_000
    max_prompt_tokens: int = 2_048
    max_new_tokens: int = 512
    max_context_tokens: int = 4_096  # prompt and new tokens together, below the model's own limit
    max_score_tokens: int = (
        512  # teacher-forced texts: a row of the whole vocabulary for each token
    )
    max_compared_characters: int = 4_000  # of a prompt on the Compare page
    max_compared_tokens: int = 200  # of each text there
    max_canvas_length: int = 256
    max_beams: int = 8
    max_unmask_steps: int = 512
    runs_per_visitor: int = 1
    runs_at_once: int = 128  # texts being written or unmasked
    long_runs_at_once: int = (
        8  # experiments, comparisons, measurements: each writes many texts at once
    )
    trainings_at_once: int = (
        1  # a copy of the weights learns for a minute or two: it takes a whole core
    )
    questions_at_once: int = 64  # single answers: a moved slider, one distribution
    queue_length: int = 128  # of each of the four kinds
    queue_seconds: float = 300.0  # a page says meanwhile how many wait before it
    question_seconds: float = 20.0  # as long as a question waits
    run_seconds: float = 600.0
    request_seconds: float = 120.0  # one forward pass, its wait for other visitors included
    prompt_chunk: int = (
        64  # prompt tokens of all visitors in one tick while others wait for their next token
    )
    tick_rows: int = 64  # sessions in one forward pass
    denoiser_tokens: int = 4_096  # canvas positions in one denoiser pass
    sessions_per_model: int = 512  # faces of a model that one replica of a cluster keeps
    classes_at_once: int = 64  # of the classroom
    seats_per_class: int = 200
    seats_in_all: int = 1_000
    class_idle_seconds: float = 7_200.0  # a class where nobody does anything ends after so long
    model_memory_mb: int = 0  # 0: half of the device's memory
    cache_memory_mb: int = 0  # 0: a sixth of the device's memory, at most 8 GB
    logits_memory_mb: int = 32  # logits of steps on view, over all models

    def check(self, name: str, value: float, what: str | None = None) -> None:
        """Raise LimitExceeded with a sentence if `value` is above the limit `name`."""
        limit = getattr(self, name)
        if not value <= limit:
            said = what or name.removeprefix("max_").replace("_", " ")
            raise LimitExceeded(
                t(
                    "{said} must be at most {limit} here, got {got}.",
                    said=said,
                    limit=limit,
                    got=value,
                ),
                limit=name,
            )

    def record(self) -> dict:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def read_limits(environment: Mapping[str, str] | None = None) -> Limits:
    """The limits with the environment's overrides; ValueError names a variable that is not a
    positive number."""
    given: Mapping[str, str] = os.environ if environment is None else environment
    values = {}
    for field in fields(Limits):
        variable = "PLAYGROUND_" + field.name.upper()
        text = given.get(variable, "").strip()
        if not text:
            continue
        kind: type[Any] = type(field.default)
        try:
            value = kind(text)
            good = math.isfinite(value) and value >= 0
        except ValueError:
            good = False
        if not good:
            raise ValueError(
                t("{variable} must be a number >= 0, got {got}", variable=variable, got=repr(text))
            )
        values[field.name] = value
    return Limits(**values)


_limits: Limits | None = None


def limits() -> Limits:
    """The limits in force; read from the environment once."""
    global _limits
    if _limits is None:
        _limits = read_limits()
    return _limits


def set_limits(new: Limits | None) -> None:
    """Put other limits in force (tests); None: read the environment again at the next call."""
    global _limits
    _limits = new
