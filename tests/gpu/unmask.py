"""Whole texts at once: 1, 16 and 64 canvases unmasked, against as many bare forward passes of the
network."""

from __future__ import annotations

import time

import torch

from playground.diffusion import UnmaskSettings, unmask
from tests.gpu.models import Model
from tests.gpu.sessions import Watched

PLACES = 64


def measure(offered: dict[str, Model], device: str, small: bool) -> dict:
    """`of_bare`: seconds of bare forwards ÷ seconds of unmasking with records."""
    counts, steps = ((1, 2), 4) if small else ((1, 16, 64), 32)
    found: dict = {"places": PLACES, "steps": steps}
    for name, model in offered.items():
        if model.kind != "denoiser":
            continue
        watched = Watched(model.folder, model.kind)
        with watched.session() as denoiser:
            found[name] = {
                str(rows): one(denoiser, watched.loaded.network, device, rows, steps)
                for rows in counts
            }
        watched.close()
    return found


def one(denoiser, network, device: str, rows: int, steps: int) -> dict:
    canvas = torch.full((rows, PLACES), denoiser.mask_id)
    settings = UnmaskSettings("llada", steps)
    calls = 0
    for step in unmask(denoiser, canvas, settings):  # warm
        calls = int(step.calls[0])
    began = time.perf_counter()
    for step in unmask(denoiser, canvas, settings):
        step.record()
    run = time.perf_counter() - began
    ids = canvas.to(device)
    began = time.perf_counter()
    with torch.inference_mode():
        for _ in range(calls):
            network(input_ids=ids).logits.float()[0, 0, 0].item()
    bare = time.perf_counter() - began
    return {"seconds": run, "calls": calls, "bare_seconds": bare, "of_bare": bare / run}
