"""What a policy learnt as a safetensors file, under the names that the network itself gives these
tensors."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from safetensors.torch import save

from playground.learning.policy import Policy

HEAD = "cls.predictions.transform."


def learnt_file(policy: Policy, about: Mapping[str, str]) -> bytes:
    """Half-precision numbers of the last block and the head; `about` becomes the file's metadata.

    `network.load_state_dict(safetensors.torch.load_file(path), strict=False)` puts them into the
    network that they began from."""
    block = f"bert.encoder.layer.{len(policy.network.bert.encoder.layer) - 1}."
    tensors = {
        name + key: value.detach().to(torch.float16).contiguous()
        for name, part in zip((block, HEAD), policy.learnt, strict=True)
        for key, value in part.state_dict().items()
    }
    return save(tensors, {"format": "pt", **about})
