"""What a verifier is worth: held-out nats, the price of a pass, and texts at equal cost beside
MDLM; and its card.

    python -m playground.training.verifier_report --heldout FILE --verifier FOLDER [--texts 64]
    [--windows N]

FOLDER holds verifier.safetensors and curve.csv, as `playground.training.verifier --ship` writes
them; report.json (what the page quotes) and README.md (the card, from verifier_card.md) are written
beside them.

Texts begin with masks alone, one at a time on one thread. Their cost is given twice: "calls" counts
a pass as many ordinary calls of the masked network as it takes when it checks the whole canvas;
"seconds" are the processor's, for all of the sampler. "nats" are those of fairy-causal a piece
(from the second on), with the standard error over texts; lower reads better, but repetition lowers
it as well, therefore distinct pieces a text stand beside it.
"""

from __future__ import annotations

import argparse
import csv
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

from .evaluate import cut
from .masked_network import load_network
from .text import MASK, SPECIAL, Windows, read_blocks
from .verifier_shipping import card

LENGTH = 64
MDLM_CALLS = (11, 16, 20, 24, 32, 64)
COMPARED = (16, 20, 24)  # calls at which the page says who reads better
WINDOWS = (1, 6, 8, 10, 12, 14, 17, 20)  # steps of the cosine window; 1 is the whole canvas


class Plain(SelfSpeculative):
    """A network and its verifier as the samplers ask for them; the special pieces are never
    drawn."""

    @torch.inference_mode()
    def logits(self, canvas: torch.Tensor) -> torch.Tensor:
        return without_special(self.network(input_ids=canvas).logits)

    @torch.inference_mode()
    def draft(self, canvas: torch.Tensor) -> Reading:
        reading = super().draft(canvas)
        reading.logits = without_special(reading.logits)
        judge = reading._judge
        reading._judge = lambda *asked: without_special(judge(*asked))
        return reading


@torch.inference_mode()
def without_special(logits: torch.Tensor) -> torch.Tensor:
    logits[..., : len(SPECIAL)] = -torch.inf
    return logits


@torch.inference_mode()
def heldout_figures(
    network: Any, verifier: Verifier, pieces: torch.Tensor, hidden: int, limit: int | None = None
) -> dict:
    """Nats a piece of draft and verifier over separate windows of LENGTH, `hidden` places of each
    hidden in a random order.

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
    """Processor time of one ordinary call and of one whole pass over a canvas of masks, one canvas;
    medians."""
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
    whole = median(lambda: writer.draft(canvas).verify(pieces, order, LENGTH))
    return {
        "call_ms": round(1e3 * call, 1),
        "pass_ms": round(1e3 * whole, 1),
        "price": round(whole / call, 2),
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


def write_texts(writer: Plain, settings: list[UnmaskSettings]) -> tuple[torch.Tensor, dict]:
    """(canvases (n, LENGTH), {"passes", "seconds"}) of one text for each of the settings; means,
    processor time on one thread."""
    texts, passes, begun = [], 0, time.process_time()
    for one in settings:
        canvas = torch.full((1, LENGTH), MASK)
        for step in unmask(writer, canvas, one):
            canvas, passes = step.canvas, passes + 1
        texts.append(canvas)
    return torch.cat(texts), {
        "passes": round(passes / len(settings), 2),
        "seconds": round((time.process_time() - begun) / len(settings), 4),
    }


def report_texts(writer: Plain, causal: Any, texts: int, price: float) -> list[dict]:
    """One row for each way of writing, printed as it is there."""
    rows = []
    ways = [("self-speculative", steps) for steps in WINDOWS] + [("mdlm", n) for n in MDLM_CALLS]
    for sampler, steps in ways:
        settings = [UnmaskSettings(sampler, steps, seed=1000 + n) for n in range(texts)]
        canvases, cost = write_texts(writer, settings)
        calls = cost["passes"] * (price if sampler == "self-speculative" else 1)
        row = {"sampler": sampler, "steps": steps, **cost, "calls": round(calls, 1)}
        rows.append(row | text_figures(causal, canvases))
        print(json.dumps(rows[-1]), flush=True)
    return rows


def compare(rows: list[dict], calls: int, cost: str) -> dict:
    """Who reads better for at most what MDLM costs in so many calls; cost is "calls" or "seconds".

    Of the windows that cost at most as much as MDLM the dearest counts, for the choice must not
    look at the texts. {"calls", "cost", "mdlm", "speculative": row or None, "difference"
    (speculative minus MDLM, nats; negative: it reads better), "error"}.
    """
    mdlm = next(row for row in rows if row["sampler"] == "mdlm" and row["steps"] == calls)
    within = [row for row in rows if row["sampler"] != "mdlm" and row[cost] <= mdlm[cost] * 1.02]
    best = max(within, key=lambda row: row[cost], default=None)
    found = {"calls": calls, "cost": cost, "mdlm": mdlm, "speculative": best}
    if best is not None:
        found["difference"] = round(best["nats"] - mdlm["nats"], 3)
        found["error"] = round((best["error"] ** 2 + mdlm["error"] ** 2) ** 0.5, 3)
    return found


def main() -> None:
    """Read the command line, print one line of JSON for each figure, write report.json and the
    card."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--heldout", required=True)
    parser.add_argument("--verifier", required=True, metavar="FOLDER")
    parser.add_argument("--models", default="assets/models")
    parser.add_argument("--windows", type=int, help="of the held-out text; default all")
    parser.add_argument("--texts", type=int, default=64)
    options = parser.parse_args()
    torch.set_num_threads(1)
    models, folder = Path(options.models), Path(options.verifier)
    tokenizer, network = load_network(models / "fairy-diffusion")
    network.eval()
    path = folder / "verifier.safetensors"
    writer = Plain(network, load_verifier(path, network), MASK)
    heldout = Windows(tokenizer, read_blocks(options.heldout))
    plain = heldout.pieces[: heldout.plain_length]
    report: dict = {"heldout": []}
    for hidden in (64, 32):
        figures = heldout_figures(network, writer.verifier, plain, hidden, options.windows)
        report["heldout"].append(figures)
        print(json.dumps(figures), flush=True)
    report["price"] = price_of_a_pass(writer)
    print(json.dumps(report["price"]), flush=True)
    causal = BertLMHeadModel.from_pretrained(models / "fairy-causal", dtype=torch.float32).eval()
    report["texts"] = options.texts
    report["rows"] = report_texts(writer, causal, options.texts, report["price"]["price"])
    report["compared"] = [
        compare(report["rows"], calls, cost) for calls in COMPARED for cost in ("calls", "seconds")
    ]
    for found in report["compared"]:
        print(json.dumps(found), flush=True)
    with open(folder / "curve.csv", encoding="utf-8") as curve:
        report["trained"] = list(csv.DictReader(curve))[-1]
    report["parameters"] = sum(p.numel() for p in writer.verifier.parameters())
    report["megabytes"] = round(path.stat().st_size / 1e6, 2)
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card(report), encoding="utf-8")


if __name__ == "__main__":
    main()
