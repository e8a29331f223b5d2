"""The shipped twins, read for one run alone: fairy-diffusion, which learns, and fairy-causal, which
judges how its texts read.

The networks that others write with are neither shared nor touched; these two (60 MB each) are gone
with the run."""

from __future__ import annotations

import torch
from torch.nn import functional

from playground.backend.catalog import offered
from playground.backend.loading import read_network
from playground.backend.weights import find_weights
from playground.learning.training import Scene

WRITER, JUDGE = "fairy-diffusion", "fairy-causal"


def scene() -> Scene:
    """What `training.train` works on, on the processor in float32. Raises the backend's error if
    the weights cannot be had."""
    writer, tokenizer = read_network(find_weights(offered()[WRITER]), "denoiser")
    judge, _ = read_network(find_weights(offered()[JUDGE]), "causal", packed=False)
    writer, judge = writer.to("cpu", torch.float32), judge.to("cpu", torch.float32)

    @torch.no_grad()
    def nats(ids: torch.Tensor, last: int) -> torch.Tensor:
        """(B,): mean −ln P of the last `last` pieces under the judge."""
        logits = judge(input_ids=ids).logits[:, -last - 1 : -1]
        lost = functional.cross_entropy(
            logits.flatten(0, 1), ids[:, -last:].flatten(), reduction="none"
        )
        return lost.view(len(ids), last).mean(1)

    return Scene(
        writer,
        lambda text: tokenizer(text, add_special_tokens=False)["input_ids"],
        lambda ids: tokenizer.decode(ids, skip_special_tokens=True),
        nats,
        [tokenizer.cls_token_id],
        tokenizer.mask_token_id,
    )
