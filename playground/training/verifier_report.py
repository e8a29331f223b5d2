"""What a verifier is worth: held-out nats, texts at equal cost beside MDLM, and the price of a pass.

    python -m playground.training.verifier_report --heldout FILE --verifier FILE [--texts 64] [--windows N]

Texts begin with masks alone. "calls" is their cost in ordinary calls of the masked network on one canvas: a pass counts as many as
its measured time says. "nats" are those of fairy-causal a piece (from the second on), with the standard error over texts; lower
reads better, but repetition lowers it as well, therefore distinct pieces a text stand beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import BertLMHeadModel

from playground.backend.verifier import (
    Reading,
    SelfSpeculative,
    Verifier,
    embed,
    load_verifier,
    take_places,
    trunk_states,
)
from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.speculative import cosine_window, speculate

from .evaluate import cut
from .text import MASK, SPECIAL, Windows, read_blocks
from .verifier import load_network

LENGTH = 64
MDLM_CALLS = (11, 16, 20, 24, 64)


class Plain:
    """A network as the samplers ask for it; the special pieces are never drawn, in the verifier's texts neither."""

    def __init__(self, network: Any):
        self.network, self.mask_id = network, MASK
        self.vocab_size = int(network.config.vocab_size)

    @torch.inference_mode()
    def logits(self, canvas: torch.Tensor) -> torch.Tensor:
        return without_special(self.network(input_ids=canvas).logits)


class Speculating(SelfSpeculative):
    """A network and its verifier, likewise without the special pieces."""

    @torch.inference_mode()
    def read(self, canvas: torch.Tensor) -> PlainReading:
        return PlainReading(self.network, self.verifier, canvas)


class PlainReading(Reading):
    """A reading whose drafts and laws give the special pieces nothing."""

    def __init__(self, network: Any, verifier: Verifier, canvas: torch.Tensor):
        super().__init__(network, verifier, canvas)
        without_special(self.logits)

    @torch.inference_mode()
    def verify(
        self, pieces: torch.Tensor, order: torch.Tensor, count: int | None = None
    ) -> torch.Tensor:
        return without_special(super().verify(pieces, order, count))


def without_special(logits: torch.Tensor) -> torch.Tensor:
    logits[..., : len(SPECIAL)] = -torch.inf
    return logits


@torch.inference_mode()
def heldout_figures(
    network: Any, verifier: Verifier, pieces: torch.Tensor, hidden: int, limit: int | None = None
) -> dict:
    """Nats a piece of draft and verifier over separate windows of LENGTH, `hidden` places of each hidden in a random order.

    The first turn is the draft's in both. limit: that many windows, spread over the text.
    """
    windows = cut(pieces, LENGTH)
    windows = windows[:: max(1, len(windows) // limit)][:limit] if limit else windows
    generator = torch.Generator().manual_seed(0)
    order = torch.rand(windows.shape, generator=generator).argsort(1)[:, :hidden]
    head = network.cls.predictions
    means = []
    for true, turns in zip(windows.split(8), order.split(8), strict=True):
        canvas = true.scatter(1, turns, MASK)
        if hidden == LENGTH:  # the network reads the same canvas in every row
            canvas = canvas[:1]
        states, last = trunk_states(network, canvas, verifier.shape.blocks)
        states = [state.expand(len(true), -1, -1) for state in states]
        last = last.expand(len(true), -1, -1)
        draft = head(take_places(last, turns))
        verified = head.decoder(verifier(states, embed(network.bert.embeddings, true), turns))
        verified[:, 0] = draft[:, 0]
        aim = true.gather(1, turns)
        means.append(
            [
                functional.cross_entropy(values.transpose(1, 2), aim, reduction="none").mean(1)
                for values in (draft, verified)
            ]
        )
    draft, verified = (torch.cat(parts) for parts in zip(*means, strict=True))
    return {
        "hidden": hidden,
        "windows": len(windows),
        "draft": round(draft.mean().item(), 3),
        "verifier": round(verified.mean().item(), 3),
        "error": round(verified.std().item() / len(windows) ** 0.5, 3),
    }


@torch.inference_mode()
def price_of_a_pass(writer: SelfSpeculative, repeats: int = 15) -> dict:
    """Processor time of one ordinary call and of one whole pass over a canvas of masks, one canvas; medians."""
    canvas = torch.full((1, LENGTH), MASK)
    order = torch.randperm(LENGTH, generator=torch.Generator().manual_seed(0))[None]
    pieces = torch.randint(
        len(SPECIAL), writer.vocab_size, (1, LENGTH), generator=torch.Generator().manual_seed(1)
    )

    def median(run: Callable[[], object]) -> float:
        times = []
        for _ in range(repeats):
            begun = time.process_time()
            run()
            times.append(time.process_time() - begun)
        return statistics.median(times[2:])

    call = median(lambda: writer.network(input_ids=canvas).logits)
    whole = median(lambda: writer.read(canvas).verify(pieces, order, LENGTH))
    return {
        "call_ms": round(1e3 * call, 1),
        "pass_ms": round(1e3 * whole, 1),
        "price": whole / call,
    }


@torch.inference_mode()
def text_figures(causal: Any, canvas: torch.Tensor) -> dict:
    """Causal nats a piece with standard error, and the share of distinct pieces in a text."""
    nats = []
    for rows in canvas.split(8):
        logits = causal(input_ids=rows).logits[:, :-1]
        nats.append(
            functional.cross_entropy(logits.transpose(1, 2), rows[:, 1:], reduction="none").mean(1)
        )
    nats = torch.cat(nats)
    distinct = [len(set(row)) / len(row) for row in canvas.tolist()]
    return {
        "nats": round(nats.mean().item(), 3),
        "error": round(nats.std().item() / len(nats) ** 0.5, 3),
        "distinct": round(sum(distinct) / len(distinct), 3),
    }


def report_texts(writer: Speculating, causal: Any, texts: int, price: float) -> None:
    """One line for each way of writing."""
    for name, window in (("whole", None), ("cosine", cosine_window())):
        blank = torch.full((texts, LENGTH), MASK)
        *_, last = speculate(writer, blank, seed=1, window=window)
        passes = float(last.passes.mean())
        row = {
            "sampler": f"self-speculative, {name} window",
            "passes": round(passes, 2),
            "pieces_a_pass": round(LENGTH / passes, 2),
            "calls": round(passes * price, 1),
        }
        print(json.dumps(row | text_figures(causal, torch.from_numpy(last.canvas))), flush=True)
    for steps in MDLM_CALLS:
        settings = UnmaskSettings(sampler="mdlm", steps=steps, seed=1)
        blank = torch.full((min(8, texts), LENGTH), MASK)
        parts = []
        for start in range(0, texts, len(blank)):
            rows = list(range(start, start + len(blank)))
            *_, last = unmask(Plain(writer.network), blank, settings, rows=rows)
            parts.append(torch.as_tensor(last.canvas))
        row = {"sampler": "mdlm", "calls": steps} | text_figures(causal, torch.cat(parts))
        print(json.dumps(row), flush=True)


def main() -> None:
    """Read the command line, print one line of JSON for each figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--heldout", required=True)
    parser.add_argument("--verifier", required=True)
    parser.add_argument("--models", default="assets/models")
    parser.add_argument("--windows", type=int, help="of the held-out text; default all")
    parser.add_argument("--texts", type=int, default=64, help="a multiple of 8")
    options = parser.parse_args()
    torch.set_num_threads(1)
    models = Path(options.models)
    tokenizer, network = load_network(models / "fairy-diffusion")
    network.eval()
    writer = Speculating(network, load_verifier(options.verifier, network), MASK)
    heldout = Windows(tokenizer, read_blocks(options.heldout))
    plain = heldout.pieces[: heldout.plain_length]
    for hidden in (64, 32):
        figures = heldout_figures(network, writer.verifier, plain, hidden, options.windows)
        print(json.dumps(figures), flush=True)
    price = price_of_a_pass(writer)
    print(json.dumps(price), flush=True)
    causal = BertLMHeadModel.from_pretrained(models / "fairy-causal", dtype=torch.float32).eval()
    report_texts(writer, causal, options.texts, price["price"])


if __name__ == "__main__":
    main()
