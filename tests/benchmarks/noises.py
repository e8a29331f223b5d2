"""What each noise costs: python -m tests.benchmarks.noises --heldout FILE [--weights FOLDER]
[--windows 128] [--draws 8] [--texts 16]

Writes the tables of the card of fairy-evidence: the bound (NELBO) of each noise with its standard
error over windows of 64 pieces, and, with --texts above 0, how texts of each sampler read under
fairy-causal. FOLDER holds the network's files (default: the shipped ones). Fixed seeds, so two runs
print the same bounds. Run it with nothing else to do only for the column of seconds.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from transformers import BertLMHeadModel

from playground.backend import catalog
from playground.backend.evidence import load_evidence
from playground.diffusion import NetworkDenoiser, UnmaskSettings, unmask
from playground.training.evidence_batches import KINDS
from playground.training.evidence_figures import heldout_bounds
from playground.training.masked_network import load_network
from playground.training.text import MASK, Windows, read_blocks

TITLES = {
    "masks": "masks",
    "uniform": "uniform noise, 200 steps",
    "gaussian": "Gaussian noise",
    "groups": "groups of words, then words",
}
PROMPT = "once upon a time there was a"
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


def bounds_table(figures: dict[str, float], windows: int) -> str:
    """The card's table of bounds."""
    lines = [f"| noise | bound, nats a piece ({windows} windows of 64) |", "| --- | --- |"]
    order = sorted(KINDS, key=lambda kind: figures[kind])
    return "\n".join(
        [
            *lines,
            *(f"| {TITLES[k]} | {figures[k]:.2f} ± {figures[f'{k}_error']:.2f} |" for k in order),
        ]
    )


@torch.no_grad()
def reads_as(causal, texts: torch.Tensor) -> torch.Tensor:
    """(B,): mean nats a piece under fairy-causal, from the second piece on."""
    logits = causal(input_ids=texts).logits[:, :-1]
    losses = functional.cross_entropy(
        logits.flatten(0, 1), texts[:, 1:].flatten(), reduction="none"
    )
    return losses.view(len(texts), -1).mean(1)


def texts_table(denoiser: NetworkDenoiser, causal, texts: int, length: int = 48) -> str:
    """The card's table of texts: free ones and ones with a prompt that stays clean."""
    lines = [
        "| sampler | prompt | causal nats | distinct | seconds a text | a text |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
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
            error = found.std().item() / texts**0.5 if texts > 1 else float("nan")
            lines.append(
                f"| {title} | {'yes' if prompt else 'no'} | {found.mean():.2f} ± {error:.2f} | {distinct:.2f} "
                f"| {seconds:.1f} | {denoiser.decode(last.canvas[0])} |"
            )
            print(lines[-1], flush=True)
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--heldout", required=True)
    parser.add_argument("--weights", default=str(catalog.MODELS / "fairy-evidence"))
    parser.add_argument("--windows", type=int, default=128)
    parser.add_argument("--draws", type=int, default=8)
    parser.add_argument("--texts", type=int, default=16, help="of each sampler; 0: bounds alone")
    options = parser.parse_args()
    tokenizer, network = load_network(catalog.MODELS / "fairy-diffusion")
    evidence = load_evidence(Path(options.weights), network)
    text = Windows(tokenizer, read_blocks(options.heldout))
    plain = text.pieces[: text.plain_length]
    figures = heldout_bounds(evidence, plain, options.windows, options.draws, bfloat16=True)
    print(bounds_table(figures, options.windows), flush=True)
    if options.texts:
        folder = catalog.MODELS / "fairy-causal"
        causal = BertLMHeadModel.from_pretrained(folder, dtype=torch.float32).eval()
        denoiser = NetworkDenoiser(evidence, Pieces(tokenizer))
        texts_table(denoiser, causal, options.texts)


if __name__ == "__main__":
    main()
