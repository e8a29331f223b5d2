"""Runs the backend on a GPU and prints one JSON object of figures.

    python -m tests.gpu [--device cuda] [--out figures.json] [--only parity texts engine unmask
    memory] [--small]

Needs torch, transformers, tokenizers and safetensors; no app, no network. Under 8 minutes on a
data-centre card. `--small` asks for little of everything, for a try on a CPU. SmolLM2-135M is read
from PLAYGROUND_SMOLLM2 (a folder in the hub's layout); without it its architecture with seeded
weights stands in, which the figures say.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

PARTS = ("parity", "texts", "engine", "unmask", "memory")
# seconds after which no part begins any more, so that the figures are there in eight minutes
LAST_BEGINNING = 420


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.gpu", description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--small", action="store_true")
    chosen = parser.parse_args()
    os.environ["PLAYGROUND_DEVICE"] = chosen.device
    os.environ.setdefault("HF_HUB_OFFLINE", "1")

    import torch
    import transformers

    from tests.gpu import engine, memory, models, parity, texts, unmask

    if chosen.device == "cuda" and not torch.cuda.is_available():
        print("No CUDA device is here: --device cpu --small tries the program itself.")
        return 2
    started = time.perf_counter()
    figures: dict = {
        "card": torch.cuda.get_device_name() if chosen.device == "cuda" else "none (CPU)",
        "machine": platform.machine(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": torch.get_num_threads(),
    }
    with tempfile.TemporaryDirectory() as scratch:
        offered = models.offered(Path(scratch), chosen.small)
        figures["models"] = {name: one.what for name, one in offered.items()}
        for part in (parity, texts, engine, unmask, memory):
            name = part.__name__.rpartition(".")[2]
            if name not in chosen.only:
                continue
            if time.perf_counter() - started > LAST_BEGINNING:
                figures[name] = {"left_out": f"{LAST_BEGINNING} seconds were over"}
                continue
            began = time.perf_counter()
            figures[name] = part.measure(offered, chosen.device, chosen.small)
            figures[name]["seconds"] = round(time.perf_counter() - began, 1)
            print(f"{name}: {figures[name]['seconds']} s", file=sys.stderr)
    figures["seconds"] = round(time.perf_counter() - started, 1)
    figures["goals"] = goals(figures)
    text = json.dumps(figures, indent=1)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0


def goals(figures: dict) -> dict:
    """The goals for one H100 and the shipped model, beside what was found: {goal: [found, wanted,
    met]}."""
    engine = figures.get("engine", {}).get("fairy-causal", {})
    unmask = figures.get("unmask", {}).get("fairy-diffusion", {})
    most = engine.get("300", {})
    found = {
        "one session of a bare loop, at least": (engine.get("one_session_of_bare"), 0.8),
        "300 sessions of one, at least": (engine.get("most_of_one") if most else None, 40),
        "rules of 300 sessions, share of the time at most": (most.get("rules_share"), 0.5),
        "64 canvases of bare forwards, at least": (unmask.get("64", {}).get("of_bare"), 0.9),
    }
    return {
        name: [value, wanted, value <= wanted if "at most" in name else value >= wanted]
        for name, (value, wanted) in found.items()
        if value is not None
    }


if __name__ == "__main__":
    sys.exit(main())
