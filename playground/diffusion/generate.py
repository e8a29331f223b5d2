"""`unmask`: the generator of steps, and what a page does with its canvases (edit, run on, two runs in step)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from playground.diffusion.noise import EntropyLinear
from playground.diffusion.run import Run, as_canvas
from playground.diffusion.samplers import rule_for
from playground.diffusion.settings import UnmaskSettings
from playground.diffusion.step import Step

# samplers whose noise follows `schedule`, so that "entropy-linear" has to be measured (cdcd measures its own grid)
MEASURED = ("mdlm", "sedd", "remdm", "uniform", "diffusion-lm")


def unmask(denoiser, canvas, settings: UnmaskSettings, locked=None, rows=None) -> Iterator[Step]:
    """Yield a Step after each step of the sampler; the first one comes after the first forward pass.

    canvas (B, L) or (L,) ids, masks where text is to come; locked (B, L) bool, by default every token visible at the start.
    rows (B,): numbers that the draws are keyed by (0 .. B - 1 by default); a single run with rows=[3] repeats row 3 of a batch.
    Raises ValueError (before the first step) for a canvas or locks that do not fit, and while running for logits that are not
    finite or -inf, or evidence that an exact denoiser cannot produce.
    """
    run = Run(denoiser, canvas, settings, locked, rows)
    rule = rule_for(settings)
    if settings.schedule == "entropy-linear" and settings.sampler in MEASURED:
        rule.schedule, passes = measured_schedule(denoiser, run.length, settings)
        run.calls += passes
    return _steps(run, rule)


def _steps(run: Run, rule) -> Iterator[Step]:
    for _ in rule.drive(run):
        yield run.take()


def measured_schedule(denoiser, length: int, settings: UnmaskSettings, rows: int = 8,
                      points: int = 16) -> tuple[EntropyLinear, int]:
    """(schedule, forward passes it took): the schedule along which the model's entropy falls linearly, measured on `rows` pilot runs from an empty canvas.

    For masks: the entropy of the masked positions against their share; for other noise: of all positions against 1 - alpha.
    """
    masks = settings.sampler in ("mdlm", "sedd", "remdm")
    points = min(points, length) if masks else points
    pilot = UnmaskSettings("llada", points, selection="random", seed=settings.seed) if masks else replace(
        settings, steps=points, schedule="linear")
    canvas = np.full((rows, length), denoiser.mask_id)
    shares, entropies = [0.0], [0.0]
    measured = []
    left = length
    for step in unmask(denoiser, canvas, pilot):
        total = float(np.nansum(np.where(step.prediction.slot >= 0, step.prediction.entropy, np.nan))) / rows
        measured.append((left / length if masks else 1.0 - step.index / points, total))
        left -= int(step.revealed[0].sum())
    for share, total in reversed(measured):
        shares.append(share)
        entropies.append(total)
    return EntropyLinear(tuple(shares), tuple(entropies)), points


def edit(canvas, mask_id: int, remask: Iterable[int] = (), lock: Iterable[int] | None = None,
         words: dict[int, int] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(canvas, locked) to run on from: `remask` positions hidden again, `words` {position: id} put in.

    lock: the positions that must not change; None locks everything visible, so that only hidden positions are filled.
    One row or many; positions apply to every row.
    """
    array = as_canvas(canvas).astype(np.int64)
    length = array.shape[1]
    remask, words = list(remask), dict(words or {})
    for position in [*remask, *words, *(lock or ())]:
        if not 0 <= position < length:
            raise ValueError(f"position must be in [0, {length - 1}], got {position}")
    for position, word in words.items():
        array[:, position] = word
    array[:, remask] = mask_id
    locked = array != mask_id
    if lock is not None:
        wanted = np.zeros(length, dtype=bool)
        wanted[list(lock)] = True
        locked &= wanted
    return array, locked


def in_step(*runs: Iterable[Step], totals: list[int] | None = None) -> Iterator[tuple[Step, ...]]:
    """Runs side by side: tuples with the newest Step of each; a run that has ended repeats its last.

    totals: steps of each run where they differ (25 and 50): the run that is furthest behind in its share of steps goes next.
    """
    iterators = [iter(run) for run in runs]
    latest: list[Step | None] = [next(run, None) for run in iterators]
    if any(step is None for step in latest):
        raise ValueError("every run must have at least one step")
    alive = [True] * len(iterators)
    done = [1] * len(iterators)
    yield tuple(latest)
    while any(alive):
        share = [done[i] / (totals[i] if totals else 1) if alive[i] else np.inf for i in range(len(iterators))]
        ahead = min(share) + 1e-12
        moved = False
        for i, run in enumerate(iterators):
            if alive[i] and share[i] <= ahead:
                step = next(run, None)
                if step is None:
                    alive[i] = False
                else:
                    latest[i], moved = step, True
                    done[i] += 1
        if moved:
            yield tuple(latest)
