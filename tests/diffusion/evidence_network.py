"""A small random network that reads evidence, and letters for its words."""

import torch

from playground.backend.evidence import EvidenceNetwork
from playground.diffusion.evidence import NetworkDenoiser
from playground.training.start import build_model

SIZE, WIDTH, MASK = 20, 6, 4


class Letters:
    """Ids 5 and above are letters, 4 is the mask."""

    mask_id, special_ids = MASK, (0, 1, 2, 3, 4)

    def encode(self, text):
        return [MASK if mark == "_" else ord(mark) - 92 for mark in text]

    def piece(self, token):
        return self.decode([token])

    def decode(self, ids):
        return "".join("_" if i == MASK else chr(int(i) + 92) for i in ids)


def small_network(seed=0):
    """A BertForMaskedLM of 20 words."""
    torch.manual_seed(seed)
    sizes = dict(num_hidden_layers=2, num_attention_heads=2, intermediate_size=32)
    sizes |= dict(hidden_size=16, max_position_embeddings=32)
    return build_model("fairy-diffusion", SIZE, 0.0, **sizes).eval()


def small_evidence():
    """An EvidenceNetwork over it whose answers before matter and whose curve falls."""
    torch.manual_seed(1)
    made = EvidenceNetwork(small_network(), WIDTH, 5)
    made.begin(torch.rand(SIZE) + 0.1)
    torch.nn.init.normal_(made.earlier.weight)
    points = made.curve.shape[1]
    made.curve.copy_(torch.stack([torch.logspace(0.3, -1, points), torch.linspace(3, 0, points)]))
    return made.eval().requires_grad_(False)


def small_denoiser():
    """The NetworkDenoiser over it."""
    return NetworkDenoiser(small_evidence(), Letters())
