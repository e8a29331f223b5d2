"""Logits of the device against the CPU's float32: largest difference, share of equal argmax, KL
divergence in nats."""

from __future__ import annotations

import copy

import torch
from transformers import DynamicCache

from playground.backend.loading import read_network
from tests.gpu.models import Model

LENGTH = 256
MASK, FIRST = 4, 2  # ids of the shipped vocabulary: [MASK], and [CLS], with which a text begins


def measure(offered: dict[str, Model], device: str, small: bool) -> dict:
    """For each model and each number format, over 10,240 contexts (with `small` 256): the positions
    of texts that the model wrote itself; the masked model reads those of its left-to-right twin,
    every third place masked."""
    rows = 1 if small else 40
    forms = ("float32", "bfloat16") if device == "cpu" else ("float32", "tf32", "bfloat16")
    found: dict = {"contexts": rows * LENGTH}
    ids: dict[str, torch.Tensor] = {}
    for name, model in offered.items():
        network = read_network(model.folder, model.kind, packed=False)[0].to("cpu", torch.float32)
        if model.kind == "causal":
            ids[name] = own_texts(network, device, rows)
        else:
            ids[name] = ids["fairy-causal"].clone()
            ids[name][:, 1::3] = MASK
        found[name] = {form: compared(network, device, form, ids[name]) for form in forms}
    return found


@torch.inference_mode()
def own_texts(network, device: str, rows: int) -> torch.Tensor:
    """(rows, LENGTH) ids that the network writes on the device with its own probabilities; the
    draws are made on the CPU."""
    writer = copy.deepcopy(network).to(device)
    generator = torch.Generator().manual_seed(1)
    ids = torch.full((rows, 1), FIRST)
    cache = DynamicCache(config=network.config)
    for _ in range(LENGTH - 1):
        last = ids[:, -1:].to(device)
        logits = writer(input_ids=last, past_key_values=cache, use_cache=True).logits[:, -1]
        drawn = torch.multinomial(logits.float().softmax(-1).cpu(), 1, generator=generator)
        ids = torch.cat([ids, drawn], 1)
    return ids


def compared(network, device: str, form: str, texts: torch.Tensor) -> dict:
    torch.backends.cuda.matmul.allow_tf32 = form == "tf32"
    torch.backends.cudnn.allow_tf32 = form == "tf32"
    kind = torch.bfloat16 if form == "bfloat16" else torch.float32
    other = copy.deepcopy(network).to(device, kind)
    largest, equal, divergence, count = 0.0, 0, 0.0, 0
    for ids in texts.split(1):
        with torch.inference_mode():
            mine = network(input_ids=ids).logits[0].float()  # (L, V)
            theirs = other(input_ids=ids.to(device)).logits[0].float().cpu()
        largest = max(largest, float((mine - theirs).abs().max()))
        equal += int((mine.argmax(-1) == theirs.argmax(-1)).sum())
        p, q = mine.log_softmax(-1), theirs.log_softmax(-1)
        divergence += float((p.exp() * (p - q)).sum())
        count += mine.shape[0]
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return {
        "largest_difference": largest,
        "equal_argmax": equal / count,
        "mean_kl_nats": divergence / count,
    }
