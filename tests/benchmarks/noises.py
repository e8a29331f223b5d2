"""What each noise costs: python -m tests.benchmarks.noises --heldout FILE [--weights FOLDER]
[--windows 128] [--draws 8] [--texts 16]

Measures the bound (NELBO) of each noise with its standard error over windows of 64 pieces, beside
fairy-diffusion's any-order bound and what fairy-causal pays left to right; with --texts above 0
also how texts of each sampler read under fairy-causal, and what control costs. FOLDER holds the
network's files (default: the shipped ones); report.json, which the page quotes, and the card are
written there. Fixed seeds, so two runs find the same bounds. Run it with nothing else to do only
for the column of seconds.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from transformers import BertLMHeadModel

from playground.backend import catalog
from playground.backend.evidence import load_evidence
from playground.diffusion import NetworkDenoiser, UnmaskSettings, unmask
from playground.training.evidence_control import PROMPT, control_report
from playground.training.evidence_figures import (
    any_order_of_windows,
    bounds_of_windows,
    left_to_right_of_windows,
    mean_and_error,
    spread_windows,
)
from playground.training.evidence_shipping import write_report
from playground.training.evidence_tables import bounds_table, control_table, goals
from playground.training.masked_network import load_network
from playground.training.text import MASK, Windows, read_blocks

LENGTH = 64  # of a window
RUNS = (
    ("masks, 64 steps", UnmaskSettings("mdlm", 64)),
    ("uniform, 64 steps", UnmaskSettings("uniform", 64)),
    (
        "diffusion-lm, 64 steps",
        UnmaskSettings("diffusion-lm", 64, schedule="entropy-linear"),
    ),
    (
        "diffusion-lm, clamp, 64 steps",
        UnmaskSettings("diffusion-lm", 64, selection="clamp", schedule="entropy-linear"),
    ),
    ("cdcd, 64 steps", UnmaskSettings("cdcd", 64)),
    ("cdcd, geometric, 64 steps", UnmaskSettings("cdcd", 64, schedule="geometric")),
    ("groups, then words, 16 + 16 steps", UnmaskSettings("coarse-to-fine", 32)),
    # how papers of the field report their samplers; masks beside it, for what that alone does
    ("masks, 64 steps, top-p .9", UnmaskSettings("mdlm", 64, top_p=0.9)),
    (
        "groups, then words, 16 + 16 steps, top-p .9",
        UnmaskSettings("coarse-to-fine", 32, top_p=0.9),
    ),
)


class Pieces:
    """The tokenizer with the face that a NetworkDenoiser asks for."""

    mask_id = MASK

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, ids) -> str:
        return self.tokenizer.decode([int(i) for i in ids])


def noise_rows(evidence: Any, masked: Any, causal: Any, windows: torch.Tensor, draws: int) -> list:
    """A row of each noise, cheapest first: mean, standard error, and the paired difference to
    fairy-diffusion's any-order bound."""
    base = any_order_of_windows(masked, windows, draws, bfloat16=True)
    found = {
        "left-to-right": left_to_right_of_windows(causal, windows),
        "any-order": base,
        **bounds_of_windows(evidence, windows, draws, bfloat16=True),
    }
    rows = []
    for noise, each in found.items():
        nats, error = mean_and_error(each)
        row = {"noise": noise, "nats": nats, "error": error}
        if noise != "any-order":
            row["difference"], row["difference_error"] = mean_and_error(each - base)
        rows.append(row)
    return sorted(rows, key=lambda row: row["nats"])


@torch.no_grad()
def reads_as(causal, texts: torch.Tensor) -> torch.Tensor:
    """(B,): mean nats a piece under fairy-causal, from the second piece on."""
    logits = causal(input_ids=texts).logits[:, :-1]
    losses = functional.cross_entropy(
        logits.flatten(0, 1), texts[:, 1:].flatten(), reduction="none"
    )
    return losses.view(len(texts), -1).mean(1)


def sampler_rows(denoiser: NetworkDenoiser, causal, texts: int, length: int = 48) -> list[dict]:
    """A row of each sampler: free texts, and ones with a prompt that stays clean."""
    rows = []
    for prompt in ("", PROMPT):
        given = denoiser.encode(prompt)
        canvas = np.full((texts, length), denoiser.mask_id)
        canvas[:, : len(given)] = given
        for title, settings in RUNS:
            begun = time.perf_counter()
            *_, last = unmask(denoiser, canvas, settings)
            seconds = (time.perf_counter() - begun) / texts
            found = reads_as(causal, last.canvas)
            distinct = np.mean([len(set(row)) / length for row in last.canvas.tolist()])
            rows.append(
                {
                    "title": title,
                    "prompt": bool(prompt),
                    "nats": round(found.mean().item(), 4),
                    "error": round(found.std().item() / texts**0.5, 4) if texts > 1 else None,
                    "distinct": round(float(distinct), 4),
                    "seconds": round(seconds, 2),
                    "text": denoiser.decode(last.canvas[0]),
                    "texts": texts,
                    "length": length,
                }
            )
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Read the command line, measure, print, write report.json and the card."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--heldout", required=True)
    parser.add_argument("--weights", default=str(catalog.MODELS / "fairy-evidence"))
    parser.add_argument("--windows", type=int, default=128)
    parser.add_argument("--draws", type=int, default=8)
    parser.add_argument("--texts", type=int, default=16, help="of each sampler; 0: bounds alone")
    parser.add_argument("--steps", type=int, default=64, help="of a controlled text")
    options = parser.parse_args()
    if options.windows < 2:
        parser.error("--windows must be at least 2: one window has no standard error")
    tokenizer, network = load_network(catalog.MODELS / "fairy-diffusion")
    network.eval()
    folder = Path(options.weights)
    evidence = load_evidence(folder, network)
    causal = BertLMHeadModel.from_pretrained(
        catalog.MODELS / "fairy-causal", dtype=torch.float32
    ).eval()
    text = Windows(tokenizer, read_blocks(options.heldout))
    windows = spread_windows(text.pieces[: text.plain_length], options.windows, LENGTH)
    report: dict[str, Any] = {
        "windows": len(windows),
        "length": LENGTH,
        "draws": options.draws,
        "noises": noise_rows(evidence, network, causal, windows, options.draws),
    }
    print(bounds_table(report), goals(report["noises"]), sep="\n", flush=True)
    write_report(folder, report)
    if options.texts:
        pieces = Pieces(tokenizer)
        report["control"] = control_report(
            evidence, causal, pieces.encode, pieces.decode, options.texts, options.steps
        )
        print(control_table(report["control"]), flush=True)
        write_report(folder, report)
        denoiser = NetworkDenoiser(evidence, pieces)
        report["samplers"] = sampler_rows(denoiser, causal, options.texts)
        write_report(folder, report)


if __name__ == "__main__":
    main()
