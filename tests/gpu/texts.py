"""The same seeds on the CPU and on the device: how many texts are the same, and where the others
part.

    python -m tests.gpu.texts DEVICE FOLDER KIND SEEDS TOKENS

prints the texts of one device as JSON; `measure` runs it for both in processes of their own.
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
    return {name: parted(model, device, seeds, tokens) for name, model in offered.items()}


def parted(model: Model, device: str, seeds: int, tokens: int) -> dict:
    cpu, other = (written(model, where, seeds, tokens) for where in ("cpu", device))
    ends = [first_difference(a, b) for a, b in zip(cpu, other, strict=True)]
    return {
        "texts": seeds,
        "the_same": sum(end is None for end in ends),
        "part_at": sorted(end for end in ends if end is not None),
    }


def first_difference(a: list[int], b: list[int]) -> int | None:
    """The first place at which two texts differ, None where they are the same."""
    for k, (mine, theirs) in enumerate(zip(a, b, strict=False)):
        if mine != theirs:
            return k
    return None if len(a) == len(b) else min(len(a), len(b))


def written(model: Model, device: str, seeds: int, tokens: int) -> list[list[int]]:
    command = [sys.executable, "-m", "tests.gpu.texts", device, str(model.folder), model.kind]
    answer = subprocess.run(
        [*command, str(seeds), str(tokens)],
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


def main(device: str, folder: str, kind: str, seeds: str, tokens: str) -> None:
    import torch

    from playground.decoding import DecodingSettings, generate
    from playground.diffusion import UnmaskSettings, unmask

    model, texts = session(Path(folder), kind), []
    for seed in range(int(seeds)):
        if kind == "causal":
            settings = DecodingSettings(
                max_new_tokens=int(tokens), temperature=0.9, top_p=0.95, seed=seed
            )
            steps = generate(model, model.encode("once upon a time"), settings, ignore_end=True)
            texts.append([step.token_id for step in steps])
        else:
            canvas = torch.full((1, int(tokens)), model.mask_id)
            *_, last = unmask(model, canvas, UnmaskSettings("mdlm", int(tokens) // 2, seed=seed))
            texts.append(last.canvas[0].tolist())
    print(json.dumps(texts))


if __name__ == "__main__":
    main(*sys.argv[1:])
