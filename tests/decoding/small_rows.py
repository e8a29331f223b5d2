"""Rules on rows of a few probabilities: what they keep and what is drawn from."""

import numpy as np
import torch

from playground.decoding import DecodingSettings, apply_stages


def logs(probabilities):
    with np.errstate(divide="ignore"):
        return np.log(np.float32(probabilities))


def kept(probabilities, context=(), **rules):
    return torch.nonzero(
        apply_stages(logs(probabilities), list(context), DecodingSettings(**rules))[-1].kept
    )[:, 0].tolist()


def final(probabilities, context=(), **rules):
    return apply_stages(logs(probabilities), list(context), DecodingSettings(**rules))[
        -1
    ].probs.numpy()
