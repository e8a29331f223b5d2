"""Both models and, for comparison, any left-to-right model of the hub on the same held-out text, in
nats a word.

    python -m playground.training.report --heldout FILE --causal assets/models/fairy-causal \\
        --diffusion assets/models/fairy-diffusion \\
        [--other FOLDER [--gguf FILE_NAME]]

Different tokenizers cut a text into different pieces, so only nats a WORD (all nats of the text ÷
its words between white space) compare. The two models read lower-case text, which is the easier
half of the task; the other model reads the text as it stands and, with --lower, in lower case too.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer, BertForMaskedLM, BertLMHeadModel

from .evaluate import RATES, cut, masked_loss, position_losses
from .text import CLS, MASK, count_words, read_blocks


@dataclass(frozen=True)
class Bound:
    """A mean over windows and its standard error, nats a piece."""

    mean: float
    standard_error: float


def next_losses(
    network: torch.nn.Module, pieces: torch.Tensor, length: int = 128, stride: int | None = None
) -> torch.Tensor:
    """Nats of each piece, windows of `length` positions that begin with [CLS].

    stride None: separate windows, so the first pieces of each have little to their left. Otherwise
    the window moves by `stride` and only pieces not scored before count: each but the first few has
    at least length - 1 - stride pieces to its left.
    """
    own = length - 1
    if stride is None:
        windows = cut(pieces, own)
        inputs = torch.cat([torch.full_like(windows[:, :1], CLS), windows[:, :-1]], dim=1)
        return position_losses(network, inputs, windows).flatten()
    starts = range(0, len(pieces) - own + 1, stride)
    windows = torch.stack([pieces[start : start + own] for start in starts])  # (B, L - 1)
    inputs = torch.cat([torch.full_like(windows[:, :1], CLS), windows[:, :-1]], dim=1)
    losses = position_losses(network, inputs, windows)
    return torch.cat([losses[0], losses[1:, own - stride :].flatten()])


def diffusion_bound(
    network: torch.nn.Module, pieces: torch.Tensor, length: int = 64, draws: int = 4, seed: int = 0
) -> Bound:
    """Upper bound on the nats a piece (NELBO): the mean, over l uniform in 1..length, of the mean
    loss of l hidden pieces of a window.

    Equal to the continuous-time bound of absorbing diffusion (Sahoo et al. 2024; Ou et al. 2024).
    The numbers hidden are stratified over the windows; the standard error ignores that and is
    therefore a little too large.
    """
    windows = cut(pieces, length)
    generator = torch.Generator().manual_seed(seed)
    estimates = []
    for _ in range(draws):
        order = torch.randperm(len(windows), generator=generator)
        share = (order + torch.rand(len(windows), generator=generator)) / len(windows)
        hidden_count = 1 + (share * length).long().clamp(
            max=length - 1
        )  # (B,) uniform in 1..length
        rank = torch.rand(windows.shape, generator=generator).argsort(dim=1).argsort(dim=1)
        hidden = (rank < hidden_count[:, None]).to(windows.device)  # (B, L)
        losses = position_losses(network, windows.masked_fill(hidden, MASK), windows)
        estimates.append((losses * hidden).sum(dim=1) / hidden.sum(dim=1))
    values = torch.stack(estimates).double().flatten()
    return Bound(values.mean().item(), (values.std() / math.sqrt(len(values))).item())


@torch.no_grad()
def other_losses(
    network: torch.nn.Module, ids: list[int], begin: int | None, length: int = 128
) -> torch.Tensor:
    """Nats of each token of another model's tokens, separate windows of `length` of them, `begin`
    in front (if it has one)."""
    windows = cut(torch.tensor(ids), length)
    first = begin if begin is not None else ids[0]
    losses = []
    for row in windows.split(8):
        inputs = torch.cat([torch.full_like(row[:, :1], first), row[:, :-1]], dim=1)
        logits = network(input_ids=inputs).logits.float()
        losses.append(
            functional.cross_entropy(logits.flatten(0, 1), row.flatten(), reduction="none")
        )
    return torch.cat(losses)


def _line(name: str, a_piece: float, pieces: int, words: int, error: float | None = None) -> str:
    a_word = a_piece * pieces / words
    spread = "" if error is None else f" ± {error * pieces / words:.3f}"
    return f"{name:58s} {a_word:7.3f}{spread:8s} nats a word   {a_piece:6.3f} nats a piece   perplexity a word {math.exp(a_word):8.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--heldout", required=True)
    parser.add_argument("--causal", default="assets/models/fairy-causal")
    parser.add_argument("--diffusion", default="assets/models/fairy-diffusion")
    parser.add_argument("--other", help="folder of a left-to-right model")
    parser.add_argument("--gguf", help="name of the GGUF file in that folder")
    parser.add_argument(
        "--lower", action="store_true", help="the other model also reads the text in lower case"
    )
    parser.add_argument("--words", type=int, help="only about so many words of the text")
    options = parser.parse_args()
    blocks = read_blocks(options.heldout)
    if options.words:
        while len(blocks) > 1 and count_words(blocks[:-1]) >= options.words:
            blocks = blocks[:-1]
    text, words = (
        "\n".join(paragraph for block in blocks for paragraph in block),
        count_words(blocks),
    )
    print(f"{words} words")
    if Path(options.causal).is_dir():
        tokenizer = AutoTokenizer.from_pretrained(options.causal)
        pieces = torch.tensor(
            tokenizer(text, add_special_tokens=False, truncation=False)["input_ids"]
        )
        network = BertLMHeadModel.from_pretrained(options.causal, dtype=torch.float32).eval()
        for stride, label in (
            (None, "separate windows of 128"),
            (64, "windows of 128, moved by 64"),
        ):
            loss = next_losses(network, pieces, stride=stride).mean().item()
            print(_line(f"fairy-causal, {label}", loss, len(pieces), words))
    if Path(options.diffusion).is_dir():
        tokenizer = AutoTokenizer.from_pretrained(options.diffusion)
        pieces = torch.tensor(
            tokenizer(text, add_special_tokens=False, truncation=False)["input_ids"]
        )
        network = BertForMaskedLM.from_pretrained(options.diffusion, dtype=torch.float32).eval()
        for length in (64, 128):
            bound = diffusion_bound(network, pieces, length)
            print(
                _line(
                    f"fairy-diffusion, bound, windows of {length}",
                    bound.mean,
                    len(pieces),
                    words,
                    bound.standard_error,
                )
            )
        for rate in RATES:
            print(
                f"fairy-diffusion, {rate:.0%} hidden, windows of 64: "
                f"{masked_loss(network, pieces, rate):.3f} nats a hidden piece"
            )
    if options.other:
        extra = {"gguf_file": options.gguf} if options.gguf else {}
        tokenizer = AutoTokenizer.from_pretrained(options.other, **extra)
        network = AutoModelForCausalLM.from_pretrained(
            options.other, dtype=torch.float32, **extra
        ).eval()
        for version, label in (
            (text, "as it stands"),
            *([(text.lower(), "lower case")] if options.lower else []),
        ):
            ids = tokenizer(version, add_special_tokens=False)["input_ids"]
            loss = other_losses(network, ids, tokenizer.bos_token_id).mean().item()
            print(
                _line(
                    f"{options.gguf or Path(options.other).name}, separate windows of 128, {label}"[
                        :58
                    ],
                    loss,
                    len(ids),
                    words,
                )
            )


if __name__ == "__main__":
    main()
