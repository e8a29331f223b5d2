"""The same seeds on the CPU and on the device: how many texts are the same, and where the others
part.

    python -m tests.gpu.texts SEEDS TOKENS [FOLDER KIND ...]

prints the texts of PLAYGROUND_DEVICE as JSON, a list for each model; `measure` runs it for both in
processes of their own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.gpu.models import Model


def measure(offered: dict[str, Model], device: str, small: bool) -> dict:
    seeds, tokens = (2, 8) if small else (16, 64)
    models = list(offered.values())
    both = (written(models, where, seeds, tokens) for where in ("cpu", device))
    return {name: parted(cpu, other) for name, cpu, other in zip(offered, *both, strict=True)}


def parted(cpu: list[list[int]], other: list[list[int]]) -> dict:
    ends = [first_difference(a, b) for a, b in zip(cpu, other, strict=True)]
    return {
        "texts": len(cpu),
        "the_same": sum(end is None for end in ends),
        "part_at": sorted(end for end in ends if end is not None),
    }


def first_difference(a: list[int], b: list[int]) -> int | None:
    """The first place at which two texts differ, None where they are the same."""
    for k, (mine, theirs) in enumerate(zip(a, b, strict=False)):
        if mine != theirs:
            return k
    return None if len(a) == len(b) else min(len(a), len(b))


def written(models: list[Model], device: str, seeds: int, tokens: int) -> list[list[list[int]]]:
    """The texts of each model, written on a device."""
    command = [sys.executable, "-m", "tests.gpu.texts", str(seeds), str(tokens)]
    answer = subprocess.run(
        command + [word for model in models for word in (str(model.folder), model.kind)],
        env={**os.environ, "PLAYGROUND_DEVICE": device},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(answer.stderr[-2000:])
    return json.loads(answer.stdout)


def session(folder: Path, kind: str) -> Any:
    """The model of a folder as the backend gives it to a visitor."""
    from playground.backend.catalog import Entry
    from playground.backend.loading import Residents

    residents = Residents()
    loaded = residents.load(Entry(folder.name, folder.name, kind, 100, "", ()), folder)
    return loaded.causal(residents.logits) if kind == "causal" else loaded.denoiser()


def texts_of(folder: Path, kind: str, seeds: int, tokens: int) -> list[list[int]]:
    import torch

    from playground.decoding import DecodingSettings, generate
    from playground.diffusion import UnmaskSettings, unmask

    model, texts = session(folder, kind), []
    for seed in range(seeds):
        if kind == "causal":
            settings = DecodingSettings(
                max_new_tokens=tokens, temperature=0.9, top_p=0.95, seed=seed
            )
            steps = generate(model, model.encode("once upon a time"), settings, ignore_end=True)
            texts.append([step.token_id for step in steps])
        else:
            canvas = torch.full((1, tokens), model.mask_id)
            *_, last = unmask(model, canvas, UnmaskSettings("mdlm", tokens // 2, seed=seed))
            texts.append(last.canvas[0].tolist())
    return texts


def main(seeds: str, tokens: str, *models: str) -> None:
    pairs = zip(models[::2], models[1::2], strict=True)
    print(json.dumps([texts_of(Path(one), kind, int(seeds), int(tokens)) for one, kind in pairs]))


if __name__ == "__main__":
    main(*sys.argv[1:])
