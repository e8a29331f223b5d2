"""MDLM: Sahoo et al. 2024, "Simple and effective masked diffusion language models", arXiv
2406.07524."""

from __future__ import annotations

from playground.diffusion.noise import reveal_probability
from playground.diffusion.samplers.base import add_sampler
from playground.diffusion.samplers.random_times import RandomTimes
from playground.i18n import t as tr


@add_sampler
class Mdlm(RandomTimes):
    """Ancestral sampling of absorbing noise along an even grid of times 1 = t_0 > t_1 > ... > 0.

    At a step t -> s a masked position is revealed with probability (alpha_s - alpha_t) / (1 -
    alpha_t), its token drawn from the network's x_0 (B, L, V); what is revealed stays. Exact where
    no step reveals two positions, so in the limit of many steps. As published the grid ends at 1e-5
    and what is then left is filled by the argmax of one more call.
    """

    name = "mdlm"
    title = tr("MDLM: random times")
    source = "Sahoo et al. 2024, arXiv 2406.07524; kuleshov-group/mdlm, diffusion.py"
    explanation = tr(
        "Each hidden word is uncovered at a random moment, independently of the others, and "
        "drawn from what the network says.\nThe network is asked again only when the text has "
        "changed; as published, a last argmax fills what is left."
    )
    reads = ("steps", "schedule", "block_length", "overlap", "guidance", "as_published")

    def step_rates(self, alpha_t, alpha_s, t, s):
        return reveal_probability(alpha_t, alpha_s), 0.0 * alpha_t

    @property
    def epsilon(self) -> float:
        return 1e-5 if self.settings.as_published else 0.0

    @property
    def ends_in_argmax(self) -> bool:
        return self.settings.as_published
