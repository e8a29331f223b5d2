"""What the tests of runs share: an exact chain, a double with a mask in its vocabulary, and how a
run is read."""

import torch

from playground.diffusion import ExactDenoiser, list_samplers, unmask
from playground.diffusion.drafts import SelfReading

CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])
NAMES = [card.name for card in list_samplers()]
MASKED = [
    card.name
    for card in list_samplers()
    if card.noise == "absorbing" and card.name != "gibbs" and not card.needs_posterior
]


class Table:
    """A double: fixed logits by position and by the token to the left; the mask (id 4) is by far
    the likeliest answer."""

    vocab_size, mask_id = 6, 4

    def __init__(self, seed=0, mask_logit=40.0):
        generator = torch.Generator().manual_seed(seed)
        self.place = torch.randn(64, 6, generator=generator)
        self.left = torch.randn(6, 6, generator=generator)
        self.mask_logit, self.asked = mask_logit, []

    def logits(self, canvas):
        self.asked.append(canvas.clone())
        out = self.place[: canvas.shape[1]] + self.left[torch.roll(canvas, 1, dims=1)]
        out[..., 4] = self.mask_logit
        return out

    def draft(self, canvas):
        return SelfReading(self, canvas)


def run(denoiser, canvas, chosen, **more):
    return list(unmask(denoiser, canvas, chosen, **more))


def counts(steps, row=0):
    return [int(step.revealed[row].sum()) for step in steps]


def same(one, other):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert torch.equal(a.canvas, b.canvas) and torch.equal(a.revealed, b.revealed)
