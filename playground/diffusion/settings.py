"""What a visitor chooses for an unmasking run; every wrong value is refused by a sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from playground.diffusion.noise import SCHEDULES
from playground.diffusion.samplers import find_sampler
from playground.i18n import t
from playground.parameters import SEED, Parameter, table


def _number(name: str, default: float, high: float, **more) -> Parameter:
    """A number from 0 on."""
    return Parameter(name, type(default), default, low=0, high=high, **more)


# Rows of the table of parameters: ranges, labels and meanings for settings, controls, links and
# endpoints alike.
PARAMETERS: dict[str, Parameter] = table(
    Parameter(
        "steps",
        int,
        None,
        low=1,
        high=100_000,
        label="Steps",
        step=1,
        doc="forward passes to spend (gibbs: sweeps; self-verifying, self-speculative: of the "
        "cosine that is the window of a pass); fast-dllm, entropy-bound and any-order take as "
        "many as they need",
    ),
    _number(
        "temperature",
        1.0,
        100,
        label="Temperature",
        step=0.1,
        doc="divides the logits before a word is drawn; 0 takes the likeliest word",
    ),
    Parameter(
        "top_p",
        float,
        1.0,
        off=1.0,
        low=0,
        high=1,
        label="top-p of the draw",
        step=0.05,
        doc="draw from the smallest set of words that reaches this probability",
    ),
    replace(SEED, label="Seed"),
    Parameter(
        "schedule",
        str,
        "linear",
        choices=SCHEDULES,
        label="Schedule of the noise",
        doc="of the noise, for mdlm, sedd, remdm, uniform, diffusion-lm and cdcd; entropy-linear "
        "is measured on the model",
    ),
    Parameter(
        "block_length",
        int,
        None,
        low=1,
        high=1_000_000,
        optional=True,
        label="Block length (0: one block)",
        step=1,
        doc="write in blocks of so many positions, left to right",
    ),
    _number(
        "overlap",
        0,
        100_000,
        label="Overlap of blocks",
        step=1,
        doc="positions that a block shares with the one before, below block_length",
    ),
    _number(
        "threshold",
        0.9,
        100,
        label="Threshold",
        step=0.05,
        doc="fast-dllm, joint-threshold: reveal at this confidence",
    ),
    _number(
        "edit_threshold",
        0.9,
        100,
        label="Edit threshold",
        step=0.05,
        doc="joint-threshold: replace a settled word at this confidence in another one",
    ),
    _number(
        "bound",
        0.1,
        1_000_000,
        unit="nats",
        label="Entropy bound, nats",
        step=0.1,
        doc="entropy-bound, diffusion-gemma: joint entropy allowed in a step",
    ),
    _number(
        "t_min",
        0.4,
        100,
        open_low=True,
        label="Last temperature",
        step=0.05,
        doc="diffusion-gemma: what its temperature falls to",
    ),
    _number(
        "t_max",
        0.8,
        100,
        open_low=True,
        label="First temperature",
        step=0.05,
        doc="diffusion-gemma: what its temperature begins at",
    ),
    _number(
        "confidence_threshold",
        0.005,
        100,
        unit="nats",
        label="Stop below entropy, nats",
        step=0.005,
        doc="diffusion-gemma: ends where the likeliest words stay and their mean entropy is below "
        "this",
    ),
    _number(
        "eta",
        0.1,
        1,
        label="η: most often masked again",
        step=0.05,
        doc="remdm: how often at most a word is masked again",
    ),
    _number(
        "alg_temp",
        0.0,
        100,
        label="Randomness of the order",
        step=0.1,
        doc="maskgit, dream: randomness of the order",
    ),
    _number(
        "guidance",
        0.0,
        100,
        off=0.0,
        label="Guidance",
        step=0.1,
        doc="strength of classifier-free guidance",
    ),
    _number(
        "burn_in",
        0,
        100_000,
        label="Burn-in sweeps",
        step=1,
        doc="gibbs: sweeps before the first that counts",
    ),
    Parameter(
        "as_published",
        bool,
        False,
        label="As published",
        doc="what the published code does where ours differs: dream and fast-dllm score the drawn "
        "word, mdlm ends with an argmax",
    ),
)


@dataclass(frozen=True)
class UnmaskSettings:
    """Settings of one run; the fields in order, with their ranges.

    sampler        one of `list_samplers()`
    steps          1 to 100,000: forward passes that the sampler may spend (gibbs: sweeps after burn_in; fast-dllm,
                   entropy-bound and any-order take as many as they need and do not read it;
                   self-verifying and self-speculative: those of the cosine that says how many words
                   a pass may draft)
    temperature    0 to 100 divides the logits before a token is drawn; 0 takes the most likely. Scores are never tempered.
    top_p          0 to 1: the smallest set that reaches it, after temperature
    seed           0 to 2^53; a draw depends on (seed, step, row, position)
    schedule       of the noise (mdlm, sedd, remdm, uniform, diffusion-lm; cdcd: "geometric" spaces its standard deviations
                   evenly in their logarithm, every other value makes the entropy fall linearly);
                   maskgit, llada and dream have their own counts
    selection      dream, llada, sedd, gibbs, entropy-bound, diffusion-lm: see the
                   sampler's `selections`; None is the first of them
    block_length   semi-autoregressive blocks of so many open positions; with overlap > 0 windows of so many positions that
                   the model sees alone
    overlap        positions that a window shares with the one before; below block_length
    threshold      fast-dllm, joint-threshold: accept at this confidence (0.9); above 1: one token a step
    edit_threshold joint-threshold: replace a settled word at this confidence in another one (0.9)
    bound          entropy-bound, diffusion-gemma: nats (0.1). With selection "renoise" also its stop: mean entropy below bound / 100
    t_min, t_max   diffusion-gemma: its temperature falls from t_max (0.8) to t_min (0.4), before entropies are read
    confidence_threshold  diffusion-gemma: stop below this mean entropy in nats (0.005)
    eta            remdm: cap of the probability of masking a token again (0.1)
    alg_temp       randomness of the order: dream's alg_temp, maskgit's choice temperature; 0 = none
    guidance       classifier-free: (1 + guidance) cond - guidance uncond; 0 = none
    burn_in        gibbs: sweeps before the ones that count; their steps are marked
    as_published   reproduce what the source's code does where ours differs (see each sampler's explanation)
    """

    sampler: str
    steps: int
    temperature: float = PARAMETERS["temperature"].default
    top_p: float = PARAMETERS["top_p"].default
    seed: int = PARAMETERS["seed"].default
    schedule: str = PARAMETERS["schedule"].default
    selection: str | None = None
    block_length: int | None = PARAMETERS["block_length"].default
    overlap: int = PARAMETERS["overlap"].default
    threshold: float = PARAMETERS["threshold"].default
    edit_threshold: float = PARAMETERS["edit_threshold"].default
    bound: float = PARAMETERS["bound"].default
    t_min: float = PARAMETERS["t_min"].default
    t_max: float = PARAMETERS["t_max"].default
    confidence_threshold: float = PARAMETERS["confidence_threshold"].default
    eta: float = PARAMETERS["eta"].default
    alg_temp: float = PARAMETERS["alg_temp"].default
    guidance: float = PARAMETERS["guidance"].default
    burn_in: int = PARAMETERS["burn_in"].default
    as_published: bool = PARAMETERS["as_published"].default

    def __post_init__(self):
        sampler = find_sampler(self.sampler)
        for name, parameter in PARAMETERS.items():
            object.__setattr__(self, name, parameter.check(getattr(self, name)))
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
        """The selection in force: the sampler's first where none is chosen."""
        return self.selection or next(iter(find_sampler(self.sampler).selections), None)

    def record(self) -> dict:
        """Plain data; `UnmaskSettings(**settings.record())` is the same settings."""
        return asdict(self)
