"""What a visitor chooses for an unmasking run; every wrong value is refused by a sentence."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from playground.diffusion.noise import SCHEDULES
from playground.diffusion.samplers import find_sampler
from playground.i18n import t


def _real(name: str, value, low: float, high: float) -> float:
    number = isinstance(value, (int, float)) or (
        hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0
    )
    if (
        isinstance(value, bool)
        or not number
        or not math.isfinite(value)
        or not low <= value <= high
    ):
        raise ValueError(
            t(
                "{name} must be in [{low}, {high}], got {got}",
                name=name,
                low=f"{low:g}",
                high=f"{high:g}",
                got=repr(value),
            )
        )
    return float(value)


def _whole(name: str, value, low: int, high: int) -> int:
    if (
        isinstance(value, bool)
        or not hasattr(value, "__index__")
        or not low <= value.__index__() <= high
    ):
        raise ValueError(
            t(
                "{name} must be a whole number in [{low}, {high}], got {got}",
                name=name,
                low=str(low),
                high=str(high),
                got=repr(value),
            )
        )
    return value.__index__()


@dataclass(frozen=True)
class UnmaskSettings:
    """Settings of one run; the fields in order, with their ranges.

    sampler        one of `list_samplers()`
    steps          1 to 100,000: forward passes that the sampler may spend (gibbs: sweeps after burn_in; fast-dllm,
                   entropy-bound and any-order take as many as they need and do not read it)
    temperature    0 to 100 divides the logits before a token is drawn; 0 takes the most likely. Scores are never tempered.
    top_p          0 to 1: the smallest set that reaches it, after temperature
    seed           0 to 2^53; a draw depends on (seed, step, row, position)
    schedule       of the noise (mdlm, sedd, remdm, uniform, diffusion-lm; cdcd: "geometric" spaces its standard deviations
                   evenly in their logarithm, every other value makes the entropy fall linearly); maskgit, llada and dream
                   have their own counts
    selection      dream, llada, sedd, gibbs, entropy-bound, diffusion-lm: see the
                   sampler's `selections`; None is its `default_selection`
    block_length   semi-autoregressive blocks of so many open positions; with overlap > 0 windows of so many positions that
                   the model sees alone
    overlap        positions that a window shares with the one before; below block_length
    threshold      fast-dllm: accept at this confidence (0.9); above 1: one token a step
    bound          entropy-bound: nats (0.1). With selection "renoise" also its stop: mean entropy below bound / 100
    eta            remdm: cap of the probability of masking a token again (0.1)
    alg_temp       randomness of the order: dream's alg_temp, maskgit's choice temperature; 0 = none
    guidance       classifier-free: (1 + guidance) cond - guidance uncond; 0 = none
    burn_in        gibbs: sweeps before the ones that count; their steps are marked
    as_published   reproduce what the source's code does where ours differs (see each sampler's explanation)
    """

    sampler: str
    steps: int
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int = 0
    schedule: str = "linear"
    selection: str | None = None
    block_length: int | None = None
    overlap: int = 0
    threshold: float | None = None
    bound: float | None = None
    eta: float | None = None
    alg_temp: float = 0.0
    guidance: float = 0.0
    burn_in: int = 0
    as_published: bool = False

    def __post_init__(self):
        sampler = find_sampler(self.sampler)
        if self.schedule not in SCHEDULES:
            raise ValueError(
                t(
                    "schedule must be one of {options}, got {got}",
                    options=", ".join(SCHEDULES),
                    got=repr(self.schedule),
                )
            )
        if self.as_published not in (True, False):
            raise ValueError(
                t("as_published must be True or False, got {got}", got=repr(self.as_published))
            )

        def put(name: str, value) -> None:
            object.__setattr__(self, name, value)

        put("steps", _whole("steps", self.steps, 1, 100_000))
        put("seed", _whole("seed", self.seed, 0, 2**53))
        put("overlap", _whole("overlap", self.overlap, 0, 100_000))
        put("burn_in", _whole("burn_in", self.burn_in, 0, 100_000))
        put("temperature", _real("temperature", self.temperature, 0.0, 100.0))
        put("top_p", _real("top_p", self.top_p, 0.0, 1.0))
        put("alg_temp", _real("alg_temp", self.alg_temp, 0.0, 100.0))
        put("guidance", _real("guidance", self.guidance, 0.0, 100.0))
        for name, high in (("threshold", 100.0), ("bound", 1e6), ("eta", 1.0)):
            if getattr(self, name) is not None:
                put(name, _real(name, getattr(self, name), 0.0, high))
        if self.block_length is not None:
            put("block_length", _whole("block_length", self.block_length, 1, 1_000_000))
        if self.overlap and self.overlap >= (self.block_length or 0):
            allowed = (
                f"[0, {self.block_length - 1}]"
                if self.block_length
                else t("0 where block_length is None")
            )
            raise ValueError(
                t("overlap must be in {allowed}, got {got}", allowed=allowed, got=self.overlap)
            )
        sampler.refuse(self)

    @property
    def rule(self) -> str | None:
        """The selection in force: the sampler's `default_selection` where none is chosen."""
        return self.selection or find_sampler(self.sampler).default_selection

    def record(self) -> dict:
        """Plain data; `UnmaskSettings(**settings.record())` is the same settings."""
        return asdict(self)
