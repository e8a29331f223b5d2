"""DiffusionGemma: transformers 5.11, `generation_diffusion_gemma.py` (entropy-bound sampler,
temperature schedule, stop)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playground.diffusion.noise import word_evidence
from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.entropy_bound import Renoise
from playground.i18n import t

if TYPE_CHECKING:
    from playground.diffusion.prediction import Prediction


@add_sampler
class DiffusionGemma(Renoise):
    """Random words at every mask of (B, L); in each of N steps the network's logits are divided by
    T_k = t_min + (t_max - t_min)·remaining/N, remaining = N, ..., 1, before anything is read from
    them. The words of lowest entropy are drawn while their entropies, without the largest, sum to
    at most `bound`; all others become random words again. It ends where no argmax has changed since
    the step before and the mean entropy is below `confidence_threshold`, or after N steps; then
    every place takes its argmax.

    Its network was trained on random words and reads its own logits of the step before
    (self-conditioning); ours was trained on masks and reads the canvas alone. An exact denoiser is
    asked what a perfect network would say: p(word | canvas), where each word is taken to be random
    with the probability remaining/N. Never exact: what is accepted together is drawn as if
    independent, and the last words are the likeliest ones.
    """

    name = "diffusion-gemma"
    title = t("DiffusionGemma: random words, drawn again")
    source = "DiffusionGemma in transformers 5.11, generation_diffusion_gemma.py; Ben-Hamu et al. 2025, arXiv 2505.24857"
    explanation = t(
        "Starts from random words; each step draws the places where the choice is narrow and "
        "throws the others back into noise, while its own temperature falls.\n"
        "Ends when the likeliest words stay and are sure, and takes them. The field Temperature "
        "changes nothing."
    )
    note = t(
        "A network that was trained on masks alone has never seen a wrong word in its text: it "
        "reads the random ones as given."
    )
    noise = "uniform"
    reads = ("steps", "bound", "t_min", "t_max", "confidence_threshold")
    selections = ()

    @classmethod
    def refuse(cls, settings):
        super().refuse(settings)
        if settings.t_min > settings.t_max:
            raise ValueError(
                t(
                    "t_min must be at most t_max ({high}), got {got}",
                    high=f"{settings.t_max:g}",
                    got=f"{settings.t_min:g}",
                )
            )

    @property
    def sure(self) -> float:
        return self.settings.confidence_threshold

    def temperature(self, k: int) -> float:
        """T of step k = 0, 1, ...: t_max first, never quite t_min."""
        steps, low = self.settings.steps, self.settings.t_min
        return low + (self.settings.t_max - low) * (steps - k) / steps

    def ask(self, run, where, k: int) -> Prediction:
        if hasattr(run.denoiser, "posterior"):
            random = (self.settings.steps - k) / self.settings.steps
            prediction = run.posterior(self._evidence(run, where, random), where)
        else:
            prediction = run.predict(where)
        return prediction.tempered(self.temperature(k))

    def drawn(self, run, prediction, accepted, k: int) -> np.ndarray:
        return prediction.draw(accepted, self.uniforms(run, k), 1.0, self.settings.top_p)

    def law(self, prediction, where, k: int) -> np.ndarray:
        return prediction.probabilities(where, 1.0, self.settings.top_p)

    def _evidence(self, run, where: np.ndarray, random: float) -> np.ndarray:
        """(B, L, V) log-likelihoods: the words at `where` were left as they are with probability 1
        - random, the others are certain."""
        noise = random / run.size
        with np.errstate(divide="ignore"):
            here, other = np.log(1.0 - random + noise), np.log(noise)
        noisy = word_evidence(run.canvas, run.size, here, other)
        certain = word_evidence(run.canvas, run.size, 0.0, -np.inf)
        return np.where(where[..., None], noisy, certain)
