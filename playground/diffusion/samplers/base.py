"""What every sampler says of itself: its card, the settings it reads, what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from playground.diffusion.noise import EntropyLinear, alpha_bar

if TYPE_CHECKING:  # the page reads the cards before torch is imported
    from playground.diffusion.run import Run
    from playground.diffusion.settings import UnmaskSettings


class Sampler:
    """Drives a Run: `drive` changes the run's canvas and yields once a step; the driver then takes
    the Step."""

    name: ClassVar[str]
    title: ClassVar[str]  # on the page
    source: ClassVar[str]
    explanation: ClassVar[str]  # two plain lines
    note: ClassVar[str] = ""  # a convention that acts here and is easily misread
    noise: ClassVar[str] = "absorbing"  # or "uniform", "gaussian"
    # with an exact denoiser and one token drawn a step, the output is the model's own distribution
    exact_at_one: ClassVar[bool] = True
    # "sweeps" or "steps": the output tends to that distribution as their number grows, and only
    # then
    exact_in_limit: ClassVar[str] = ""
    # "model" or "verifier": whose distribution the output has, however many tokens a step; "" where
    # that depends on their number
    always: ClassVar[str] = ""
    price: ClassVar[float] = 1.0  # what a step's call costs, in ordinary calls of the network
    # fields of UnmaskSettings, besides temperature, top_p and seed, which all of them read
    reads: ClassVar[tuple[str, ...]] = ()
    selections: ClassVar[tuple[str, ...]] = ()  # what `selection` may be; None means the first
    needs_posterior: ClassVar[bool] = False  # only a denoiser with `.posterior` will do
    needs_verifier: ClassVar[bool] = False  # an exact denoiser, or one with a trained verifier
    starts_from_words: ClassVar[bool] = False  # may begin with words in place of masks
    follows_schedule: ClassVar[bool] = False  # so that "entropy-linear" is measured before the run
    schedule: EntropyLinear | None = None  # then the EntropyLinear that was measured

    def __init__(self, settings: UnmaskSettings):
        self.settings = settings

    @classmethod
    def variant(cls, settings: UnmaskSettings) -> type[Sampler]:
        """The class that drives a run with these settings, where a selection has one of its own."""
        return cls

    @classmethod
    def refuse(cls, settings: UnmaskSettings) -> None:
        """ValueError for settings that this sampler cannot follow."""
        chosen, offered = settings.selection, cls.selections
        if chosen is not None and chosen not in offered:
            allowed = f"one of {', '.join(offered)}" if offered else "None"
            raise ValueError(f"selection must be {allowed} for {cls.name}, got {chosen!r}")
        if settings.block_length is not None and "block_length" not in cls.reads:
            raise ValueError(
                f"block_length must be None for {cls.name}, got {settings.block_length}"
            )
        if settings.guidance and "guidance" not in cls.reads:
            raise ValueError(f"guidance must be 0 for {cls.name}, got {settings.guidance:g}")

    def refuse_denoiser(self, denoiser) -> None:
        """ValueError for a denoiser that this sampler cannot ask."""
        if not self.needs_posterior:
            return
        if int(denoiser.mask_id) < int(denoiser.vocab_size):
            raise ValueError(
                f"sampler {self.name} needs a denoiser whose vocabulary leaves the mask out "
                "(mask_id = V)"
            )
        if not hasattr(denoiser, "posterior"):
            raise ValueError(
                f"sampler {self.name} needs a denoiser with .posterior (an exact one); this one "
                "has none"
            )

    @property
    def exact(self) -> bool:
        """`exact_at_one` as these settings have it, temperature, top_p, guidance and overlap
        aside."""
        return self.exact_at_one

    def alpha(self, t):
        """alpha_bar(t) of the schedule in force; the shape of t."""
        return alpha_bar(t, self.schedule or self.settings.schedule)

    def drive(self, run: Run) -> Iterator[None]:
        raise NotImplementedError


_ADDED: dict[str, type[Sampler]] = {}


def add_sampler(sampler: type[Sampler]) -> type[Sampler]:
    """Offer one more sampler (a class decorator). ValueError if its name is taken."""
    if sampler.name in _ADDED:
        raise ValueError(f"name must not be one of {', '.join(_ADDED)}, got {sampler.name!r}")
    _ADDED[sampler.name] = sampler
    return sampler
