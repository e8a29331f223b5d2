"""`unmask`: the generator of steps, and the entropy-linear schedule measured for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from playground.diffusion.noise import EntropyLinear
from playground.diffusion.run import Run
from playground.diffusion.samplers import rule_for
from playground.diffusion.settings import UnmaskSettings
from playground.diffusion.step import Step


def unmask(denoiser, canvas, settings: UnmaskSettings, locked=None, rows=None) -> Iterator[Step]:
    """Yield a Step after each step of the sampler; the first one comes after the first forward
    pass.

    canvas (B, L) or (L,) ids, masks where text is to come; locked (B, L) bool, by default every
    token visible at the start. rows (B,): numbers that the draws are keyed by (0 .. B - 1 by
    default); a single run with rows=[3] repeats row 3 of a batch.
    Raises ValueError (before the first step) for a canvas or locks that do not fit, and while
    running for logits that are not finite or -inf, or evidence that an exact denoiser cannot
    produce.
    """
    run = Run(denoiser, canvas, settings, locked, rows)
    rule = rule_for(settings)
    rule.refuse_denoiser(denoiser)
    if settings.schedule == "entropy-linear" and rule.follows_schedule:
        rule.schedule, passes = measured_schedule(denoiser, run.length, settings)
        run.calls += passes
    return _steps(run, rule)


def _steps(run: Run, rule) -> Iterator[Step]:
    for _ in rule.drive(run):
        yield run.take()


def measured_schedule(
    denoiser, length: int, settings: UnmaskSettings, rows: int = 8, points: int = 16
) -> tuple[EntropyLinear, int]:
    """(schedule, forward passes it took): the schedule along which the model's entropy falls
    linearly, measured on `rows` pilot runs from an empty canvas.

    For masks: the entropy of the masked positions against their share; for other noise: of all
    positions against 1 - alpha. For Gaussian noise a trained network brings the curve that its
    training measured, and no pilot is run.
    """
    noise = rule_for(settings).noise
    curve = getattr(denoiser, "entropy_curve", None)
    if noise == "gaussian" and curve is not None:
        return _schedule_of_curve(*curve), 0
    masks = noise == "absorbing"
    points = min(points, length) if masks else points
    pilot = (
        UnmaskSettings("llada", points, selection="random", seed=settings.seed)
        if masks
        else replace(settings, steps=points, schedule="linear")
    )
    canvas = np.full((rows, length), denoiser.mask_id)
    shares, entropies = [0.0], [0.0]
    measured = []
    left = length
    for step in unmask(denoiser, canvas, pilot):
        found = step.prediction
        assert found is not None, "the pilot's sampler asks at every step"
        total = float(np.nansum(np.where(found.slot >= 0, found.entropy, np.nan))) / rows
        measured.append((left / length if masks else 1.0 - step.index / points, total))
        left -= int(step.revealed[0].sum())
    for share, total in reversed(measured):
        shares.append(share)
        entropies.append(total)
    return EntropyLinear(tuple(shares), tuple(entropies)), points


def _schedule_of_curve(deviations: np.ndarray, nats: np.ndarray) -> EntropyLinear:
    """The schedule along which nats (n,) measured at standard deviations (n,), falling, fall
    linearly; alpha = 1 / (1 + sigma^2)."""
    shares = deviations[::-1] ** 2 / (1.0 + deviations[::-1] ** 2)
    rising = np.maximum.accumulate(nats[::-1])
    return EntropyLinear((0.0, *shares.tolist(), 1.0), (0.0, *rising.tolist(), rising[-1]))
