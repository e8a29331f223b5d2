"""Train the verifier of self-speculative masked diffusion on the shipped fairy-diffusion, which
stays as it is.

    nice -n 15 python -m playground.training.verifier --corpus FILE --heldout FILE --out FOLDER \\
        --steps N

Loss: the mean over turns i >= 2 of -log q_i(true piece), q_i given the canvas and the true pieces
of the turns before (the first turn's law is the draft's by definition). A run may be stopped at any
moment and goes on when the same command is given again: a step is a function of (weights, optimizer
state, seed, step), and all of these are saved every minute, in one file that is replaced at once.
While a file named PAUSE stands in the folder, it waits.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from playground.backend.verifier import (
    LARGEST_FILE,
    Verifier,
    embed,
    load_verifier,
    take_places,
    trunk_states,
)

from .evaluate import half_precision
from .log import write_log
from .masked_network import load_network
from .schedule import AveragedWeights, Trapezoid
from .text import MASK, WindowMix, Windows, read_blocks
from .verifier_shipping import LOG, ship

CHECKPOINT, PAUSE = "checkpoint.pt", "PAUSE"
SAVE_EVERY = 60.0  # seconds
EIGHTHS = 8


@dataclass
class VerifierSettings:
    """Everything that decides a run, apart from the texts and the masked network."""

    steps: int
    seed: int = 0
    blocks: int = 2
    batch_pieces: int = 1536
    learning_rate: float = 4e-4
    weight_decay: float = 0.01
    warmup: int = 30
    descent: float = 0.5  # last share of the steps, in which the learning rate falls to zero
    average: float = 0.997
    scored: float = (
        0.7  # share of the turns whose loss is computed; the output layer is the dearest part
    )
    all_hidden: float = 0.5  # share of the steps in which no place is visible
    lengths: dict[int, float] = field(default_factory=lambda: {64: 0.5, 48: 0.2, 32: 0.2, 96: 0.1})
    fit_batches: int = 14
    evaluate_every: int = 100  # steps
    evaluate_rows: int = 64
    bfloat16: bool = True


class VerifierTraining:
    """A run. `folder` receives checkpoint.pt, log.csv and averaged.safetensors (float16)."""

    def __init__(
        self,
        settings: VerifierSettings,
        network: Any,
        text: Windows,
        heldout: Windows,
        folder: str | Path,
    ):
        self.settings, self.text, self.heldout = settings, text, heldout
        self.network = network.eval().requires_grad_(False)
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(settings.seed)
        self.verifier = Verifier.from_network(network, settings.blocks)
        matrices = [p for p in self.verifier.parameters() if p.ndim >= 2]
        vectors = [p for p in self.verifier.parameters() if p.ndim < 2]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": settings.weight_decay},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
        )
        self.schedule = Trapezoid(settings.learning_rate, settings.warmup)
        falling = max(1, round(settings.descent * settings.steps))
        self.schedule.begin_descent(settings.steps - falling, falling)
        self.step, self.elapsed = 0, 0.0
        self.history: list[dict] = []
        self.stopping = False
        self._blank: dict[int, tuple] = {}  # length -> the states of a canvas of masks alone
        self._output = self._output_layer()
        self.average = AveragedWeights(self.verifier, settings.average)

    def _output_layer(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Matrix and bias, filled up to a multiple of 64 rows of probability zero; products with
        odd sizes are slow."""
        decoder = self.network.cls.predictions.decoder
        padding = -len(decoder.weight) % 64
        kind = torch.bfloat16 if self.settings.bfloat16 else torch.float32
        return (
            functional.pad(decoder.weight.detach(), (0, 0, 0, padding)).to(kind),
            functional.pad(decoder.bias.detach(), (0, padding), value=-1e4).to(kind),
        )

    def half(self):
        return half_precision(torch.device("cpu"), self.settings.bfloat16)

    # ----------------------------------------------------------------------------------------------
    # canvases
    def _draw_batch(self, key: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(pieces (B, L), canvas (B, L), order (B, M)) from the seed and `key` alone; every row
        hides M places in a random order."""
        settings = self.settings
        torch.manual_seed(settings.seed * 1_000_003 + key)
        lengths = list(settings.lengths)
        shares = torch.tensor([settings.lengths[length] for length in lengths])
        length = lengths[int(torch.multinomial(shares, 1))]
        whole = torch.rand(1).item() < settings.all_hidden
        hidden = length if whole else max(2, int((0.2 + 0.8 * torch.rand(1).item()) * length))
        pieces = self.text.draw(max(1, settings.batch_pieces // length), length)
        order = torch.rand(pieces.shape).argsort(1)[:, :hidden]
        return pieces, pieces.scatter(1, order, MASK), order

    @torch.no_grad()
    def read(self, canvas: torch.Tensor) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """The masked network's states; those of canvases of masks alone are computed once for each
        length."""
        length = canvas.shape[1]
        if not bool((canvas == MASK).all()):
            with self.half():
                return trunk_states(self.network, canvas, self.settings.blocks)
        if length not in self._blank:
            with self.half():
                self._blank[length] = trunk_states(self.network, canvas[:1], self.settings.blocks)
        states, last = self._blank[length]
        widened = [state.expand(len(canvas), -1, -1) for state in (*states, last)]
        return tuple(widened[:-1]), widened[-1]

    @torch.no_grad()
    def fit_drafted(self) -> float:
        """Set A, B, c by least squares: the state that a drafted place would have were its piece
        visible. Returns R squared."""
        inputs, wanted = [], []
        for batch in range(self.settings.fit_batches):
            pieces, canvas, order = self._draw_batch(-1 - batch)
            shown = order[:, : max(1, int(order.shape[1] * torch.rand(1).item()))]
            before = self.read(canvas)[0][0].float()
            after = self.read(canvas.scatter(1, shown, pieces.gather(1, shown)))[0][0].float()
            own = embed(self.network.bert.embeddings, pieces)
            inputs.append(
                torch.cat([take_places(before, shown), take_places(own, shown)], -1).flatten(0, 1)
            )
            wanted.append(take_places(after, shown).flatten(0, 1))
        x, y = torch.cat(inputs).double(), torch.cat(wanted).double()
        x = torch.cat([x, torch.ones(len(x), 1, dtype=torch.double)], 1)
        ridge = 1e-4 * len(x) * torch.eye(x.shape[1], dtype=torch.double)
        solution = torch.linalg.solve(x.T @ x + ridge, x.T @ y)  # (2 D + 1, D)
        self.verifier.drafted.weight.copy_(solution[:-1].T)
        self.verifier.drafted.bias.copy_(solution[-1])
        left = ((x @ solution - y) ** 2).sum() / ((y - y.mean(0)) ** 2).sum()
        self.average = AveragedWeights(self.verifier, self.settings.average)
        return 1 - left.item()

    # ----------------------------------------------------------------------------------------------
    # one step
    def turn_losses(self, states: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
        """(N,) cross-entropy, nats, of pieces true (N,) given states (N, D)."""
        logits = functional.linear(states.to(self._output[0].dtype), *self._output)
        return functional.cross_entropy(logits.float(), true, reduction="none")

    def train_step(self) -> float:
        """One step; returns the loss in nats."""
        settings = self.settings
        pieces, canvas, order = self._draw_batch(self.step)
        states, _ = self.read(canvas)
        scored = torch.rand(order.shape) < settings.scored
        scored[:, 0] = False  # the first turn's law is the draft's
        scored[0, 1] = True
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(self.step)
        with self.half():
            embedded = embed(self.network.bert.embeddings, pieces)
            out = self.verifier(states, embedded, order)
        losses = self.turn_losses(out[scored], pieces.gather(1, order)[scored])
        self.optimizer.zero_grad(set_to_none=True)
        # every scored turn of every step weighs the same, however many a step has
        (losses.sum() / (settings.scored * settings.batch_pieces)).backward()
        nn.utils.clip_grad_norm_(self.verifier.parameters(), 1.0)
        self.optimizer.step()
        self.average.update(self.step)
        self.step += 1
        return losses.mean().item()

    # ----------------------------------------------------------------------------------------------
    # figures
    @torch.no_grad()
    def evaluate(self, rows: int, length: int = 64, hidden: int = 64) -> dict[str, float]:
        """Nats a piece on held-out windows: the draft, the verifier, and the verifier in each
        eighth of the turns.

        The first turn is the draft's, as in sampling. Windows and orders depend on rows, length and
        hidden alone.
        """
        self.average.swap()
        drafts, verified, done = [], [], 0
        while done < rows:
            torch.manual_seed(77 + done // 8)
            pieces = self.heldout.draw(8, length)
            order = torch.rand(8, length).argsort(1)[:, :hidden]
            states, last = self.read(pieces.scatter(1, order, MASK))
            true = pieces.gather(1, order)
            with self.half():
                head = self.network.cls.predictions.transform(take_places(last, order))
                out = self.verifier(states, embed(self.network.bert.embeddings, pieces), order)
            draft = self.turn_losses(head.flatten(0, 1), true.flatten()).view(8, -1)
            turn = self.turn_losses(out.flatten(0, 1), true.flatten()).view(8, -1)
            turn[:, 0] = draft[:, 0]
            drafts.append(draft)
            verified.append(turn)
            done += 8
        self.average.swap()
        draft, turn = torch.cat(drafts), torch.cat(verified)
        error = turn.mean(1).std().item() / len(turn) ** 0.5
        figures = {"draft": draft.mean().item(), "verifier": turn.mean().item(), "error": error}
        for number, part in enumerate(turn.mean(0).chunk(EIGHTHS)):
            figures[f"eighth_{number + 1}"] = part.mean().item()
        return {name: round(value, 4) for name, value in figures.items()}

    # ----------------------------------------------------------------------------------------------
    # the loop
    def run(self, until: int | None = None) -> list[dict]:
        """Train to the end (or to step `until`), log, save; returns the log's rows."""
        last = saved = time.monotonic()
        losses: list[float] = []
        while self.step < min(self.settings.steps, until or self.settings.steps):
            if self.stopping:
                break
            if (self.folder / PAUSE).exists():
                self.save()
                while (self.folder / PAUSE).exists() and not self.stopping:
                    time.sleep(1)
                last = time.monotonic()
                continue
            losses.append(self.train_step())
            now = time.monotonic()
            self.elapsed, last = self.elapsed + now - last, now
            if self.step % self.settings.evaluate_every == 0:
                self._record(losses)
                losses = []
            if now - saved >= SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        self.save()
        return self.history

    def stop(self, *_) -> None:
        """End after the step that is running; for signals."""
        self.stopping = True

    def _record(self, losses: list[float]) -> None:
        row = {
            "step": self.step,
            "minutes": round(self.elapsed / 60, 1),
            "rate": f"{self.schedule.rate(self.step):.2e}",
            "train": round(sum(losses) / max(1, len(losses)), 4),
        }
        row |= self.evaluate(self.settings.evaluate_rows)
        self.history.append(row)
        write_log(self.history, self.folder / LOG)
        print(json.dumps(row), flush=True)

    # ----------------------------------------------------------------------------------------------
    # checkpoints
    def save(self) -> None:
        """Everything a resumed run needs, and the averaged weights alone; each file is replaced at
        once."""
        kept = {
            "verifier": self.verifier.state_dict(),
            "average": self.average.average,
            "optimizer": self.optimizer.state_dict(),
            "generator": torch.get_rng_state(),  # every step seeds it anew from (seed, step)
            "settings": asdict(self.settings),
            "step": self.step,
            "elapsed": self.elapsed,
            "history": self.history,
        }
        torch.save(kept, self.folder / (CHECKPOINT + ".new"))
        os.replace(self.folder / (CHECKPOINT + ".new"), self.folder / CHECKPOINT)
        self.average.swap()
        self.verifier.save(self.folder / "averaged.safetensors.new", "fairy-diffusion")
        self.average.swap()
        os.replace(self.folder / "averaged.safetensors.new", self.folder / "averaged.safetensors")

    def resume(self) -> bool:
        """Continue from the folder's checkpoint; False if there is none. Another --steps moves the
        descent accordingly."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        kept = torch.load(path, weights_only=True)
        for name in ("seed", "blocks"):
            mine, theirs = getattr(self.settings, name), kept["settings"][name]
            if mine != theirs:
                raise ValueError(f"{name} must be {theirs} to resume this checkpoint, got {mine}")
        self.verifier.load_state_dict(kept["verifier"])
        self.optimizer.load_state_dict(kept["optimizer"])
        for mine, value in zip(self.average.average, kept["average"], strict=True):
            mine.copy_(value)
        torch.set_rng_state(kept["generator"])
        self.step, self.elapsed, self.history = (
            kept[name] for name in ("step", "elapsed", "history")
        )
        return True


def main() -> None:
    """Read the command line, train or go on training."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", help="text or .gz, as for playground.training")
    parser.add_argument("--heldout")
    parser.add_argument("--model", default="assets/models/fairy-diffusion")
    parser.add_argument("--out", default="checkpoints/verifier")
    parser.add_argument("--steps", type=int, help="of all resumed parts together")
    parser.add_argument("--descent", type=float, default=0.5, help="share of the steps")
    parser.add_argument("--learning-rate", type=float, default=4e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--evaluate-only", type=int, metavar="ROWS", help="print held-out figures")
    parser.add_argument("--ship", metavar="FOLDER", help="copy the averaged weights of --out there")
    options = parser.parse_args()
    if options.ship:
        path = ship(options.out, options.ship, LARGEST_FILE)
        load_verifier(path, load_network(options.model)[1])  # or a refusal
        print(f"{path}: {path.stat().st_size:,} bytes")
        return
    if not (options.corpus and options.heldout and options.steps):
        parser.error("--corpus, --heldout and --steps are needed for training")
    # oneDNN keeps the code of every shape it has met, and each step brings new ones
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    torch.set_num_threads(1)
    tokenizer, network = load_network(options.model)
    mix = WindowMix(running=0.5, marked=0.15)  # a canvas of the app has no marks
    training = VerifierTraining(
        VerifierSettings(
            steps=options.steps,
            descent=options.descent,
            learning_rate=options.learning_rate,
            seed=options.seed,
        ),
        network,
        Windows(tokenizer, read_blocks(options.corpus), mix=mix),
        Windows(tokenizer, read_blocks(options.heldout)),
        options.out,
    )
    resumed = training.resume()
    if options.evaluate_only:
        for hidden in (64, 32):
            print(hidden, json.dumps(training.evaluate(options.evaluate_only, hidden=hidden)))
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, training.stop)
    if not resumed:
        print(f"least squares: R squared {training.fit_drafted():.3f}", flush=True)
    print(f"step {training.step}", json.dumps(training.evaluate(32)), flush=True)
    training.run()
    print(f"stopped at step {training.step}", flush=True)


if __name__ == "__main__":
    main()
