"""A denoiser for the tests of the Diffusion page that needs no weights."""

from types import SimpleNamespace


class Pieces:
    """A denoiser double with word pieces in a frame, as a BERT has them."""

    words = (
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "the",
        "king",
        "##dom",
        "don",
        "'",
        "t",
        ".",
        "<img src=x onerror=1>",
    )
    vocab_size, mask_id, special_ids = len(words), 2, frozenset({0, 1, 2})
    codec = SimpleNamespace(family="word-pieces")

    def encode(self, text):
        return [0, *(self.words.index(w) for w in text.split()), 1]

    def piece(self, token):
        return self.words[token]

    def decode(self, ids):
        return " ".join(self.words[i] for i in ids)

    def logits(self, canvas):
        import torch

        return torch.zeros((*canvas.shape, self.vocab_size))
