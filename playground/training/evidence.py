"""Train the evidence network from the shipped fairy-diffusion: one network for masks, uniform
noise, Gaussian noise and groups.

    nice -n 15 python -m playground.training.evidence --corpus FILE --heldout FILE --out FOLDER \\
        --hours 10

Loss: the mean cross-entropy of the true pieces at a random part of the places that are not given,
and for masks half of it that of fairy-diffusion's own answer.
The budget is processor time, of all threads and of all resumed parts together; the rate stays and
falls to zero in the last quarter of it. The averaged weights may be shipped at any time. A run may
be stopped at any moment and goes on when the same command is given again; everything it needs is
saved every minute, in one file that is replaced at once. While a file named PAUSE stands in the
folder, it waits.
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

from playground.backend.evidence import CURVE_POINTS, EvidenceNetwork, load_evidence

from .evaluate import half_precision
from .evidence_batches import KINDS, Teacher, WarpedDeviations, draw_noise, losses_of
from .evidence_figures import heldout_bounds
from .evidence_shipping import CURVE, TRAINED, TRUNK, mix_into, own_shares, ship
from .log import read_log, write_log
from .masked_network import load_network
from .schedule import AveragedWeights
from .text import MASK, PAD, WindowMix, Windows, read_blocks
from .verifier import CHECKPOINT, PAUSE, SAVE_EVERY

LOG = "log.csv"


@dataclass
class EvidenceSettings:
    """Everything that decides a run, apart from the texts and the masked network; `seconds` or
    `steps` ends it."""

    seconds: float | None = None  # processor time of all resumed parts together
    steps: int | None = None  # in place of seconds: the run can be repeated to the bit
    seed: int = 0
    width: int = 64
    groups: int = 128
    batch_pieces: int = 1536
    learning_rate: float = 1e-4
    vectors_rate: float = 0.3  # the unit vectors' rate, as a share of the others'
    weight_decay: float = 0.01
    warmup: int = 200  # steps
    descent: float = 0.25  # last share of the budget, in which the rate falls to zero
    average: float = 0.999
    shares: tuple[float, ...] = (0.38, 0.2, 0.26, 0.16)  # of the rows, as in KINDS
    taught: float = 0.5  # share of the masks' loss that is against the masked network's answer
    scored: float = 0.6  # share of the places whose loss is computed; the output layer is dear
    twice: float = 0.3  # share of the steps with self-conditioning
    lengths: dict[int, float] = field(default_factory=lambda: {64: 0.5, 48: 0.2, 32: 0.2, 96: 0.1})
    evaluate_every: float = 900.0  # seconds of processor time; steps where steps end the run
    evaluate_rows: int = 16
    evaluate_draws: int = 6
    bfloat16: bool = True

    def __post_init__(self):
        if (self.seconds is None) == (self.steps is None):
            raise ValueError(
                f"either seconds or steps must be given, got {self.seconds} and {self.steps}"
            )


class EvidenceTraining:
    """A run. `folder` receives checkpoint.pt, log.csv and the averaged weights' files."""

    def __init__(
        self,
        settings: EvidenceSettings,
        network: Any,
        text: Windows,
        heldout: Windows,
        folder: str | Path,
    ):
        self.settings, self.text, self.heldout = settings, text, heldout
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.network = EvidenceNetwork(network, settings.width, settings.groups)
        self.teacher = Teacher(network.eval(), settings.taught) if settings.taught else None
        self.network.begin(word_shares(text, self.network.size), settings.seed)
        self.network.eval()  # no dropout: the noise is enough
        named = [(n, p) for n, p in self.network.named_parameters() if p.requires_grad]
        vectors = [p for n, p in named if n == "vectors"]
        matrices = [p for n, p in named if p.ndim >= 2 and n != "vectors"]
        plain = [p for n, p in named if p.ndim < 2]
        decay, part = settings.weight_decay, settings.vectors_rate
        self.optimizer = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": decay, "part": 1.0},
                {"params": plain, "weight_decay": 0.0, "part": 1.0},
                {"params": vectors, "weight_decay": 0.0, "part": part},
            ],
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
        )
        self.average = AveragedWeights(self.network, settings.average)
        self.warp = WarpedDeviations(CURVE_POINTS)
        self.step, self.spent = 0, 0.0
        self.history: list[dict] = []
        self.stopping = False

    # ----------------------------------------------------------------------------------------------
    # one step
    @property
    def done(self) -> float:
        """Share of the budget that is used up."""
        settings = self.settings
        if settings.steps is not None:
            return self.step / settings.steps
        return self.spent / (settings.seconds or 1.0)

    def rate(self) -> float:
        """Learning rate of the step that comes now."""
        settings = self.settings
        risen = min(1.0, (self.step + 1) / max(1, settings.warmup))
        left = max(0.0, (1 - self.done) / settings.descent)
        return settings.learning_rate * risen * min(1.0, left)

    def train_step(self) -> float:
        """One step, a function of the state, the seed and the step's number; returns the loss in
        nats."""
        settings = self.settings
        torch.manual_seed(settings.seed * 1_000_003 + self.step)
        lengths = list(settings.lengths)
        shares = torch.tensor([settings.lengths[length] for length in lengths])
        length = lengths[int(torch.multinomial(shares, 1))]
        twice = torch.rand(1).item() < settings.twice
        rows = max(len(KINDS), settings.batch_pieces // length)
        pieces = self.text.draw(rows, length)[torch.randperm(rows)]
        batch = draw_noise(self.network, pieces, settings.shares, self.warp)
        scored = ~batch.given & (torch.rand(pieces.shape) < settings.scored)
        rate = self.rate()
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["part"]
        with half_precision(torch.device("cpu"), settings.bfloat16):
            losses = torch.cat(
                losses_of(self.network, batch, scored, twice, self.warp, self.teacher)
            )
        self.optimizer.zero_grad(set_to_none=True)
        losses.mean().backward()
        nn.utils.clip_grad_norm_(self.average.live, 1.0)
        self.optimizer.step()
        self.average.update(self.step)
        self.step += 1
        return losses.mean().item()

    # ----------------------------------------------------------------------------------------------
    # figures
    def evaluate(self, rows: int, draws: int) -> dict[str, float]:
        """Each noise's bound on held-out windows and its standard error, by the averaged
        weights."""
        plain = self.heldout.pieces[: self.heldout.plain_length]
        self.average.swap()
        figures = heldout_bounds(self.network, plain, rows, draws, self.settings.bfloat16)
        self.average.swap()
        return figures

    # ----------------------------------------------------------------------------------------------
    # the loop
    def run(self, until: int | None = None) -> list[dict]:
        """Train to the end (or to step `until`), log, save; returns the log's rows."""
        settings = self.settings
        saved, last = time.monotonic(), time.process_time()
        losses: list[float] = []
        while self.done < 1 and not self.stopping and self.step != until:
            if (self.folder / PAUSE).exists():
                self.save()
                while (self.folder / PAUSE).exists() and not self.stopping:
                    time.sleep(1)
                continue
            before = self._clock()
            losses.append(self.train_step())
            now = time.process_time()
            self.spent, last = self.spent + now - last, now
            if self._clock() // settings.evaluate_every > before // settings.evaluate_every:
                self._record(losses)
                losses = []
            if time.monotonic() - saved >= SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        self.save()
        return self.history

    def _clock(self) -> float:
        return self.spent if self.settings.steps is None else self.step

    def stop(self, *_) -> None:
        """End after the step that is running; for signals."""
        self.stopping = True

    def _record(self, losses: list[float]) -> None:
        row: dict[str, Any] = {
            "step": self.step,
            "minutes": round(self.spent / 60, 1),
            "rate": f"{self.rate():.2e}",
            "train": round(sum(losses) / max(1, len(losses)), 4),
        }
        row |= self.evaluate(self.settings.evaluate_rows, self.settings.evaluate_draws)
        self.history.append(row)
        write_log(self.history, self.folder / LOG)
        print(json.dumps(row), flush=True)

    # ----------------------------------------------------------------------------------------------
    # checkpoints
    def save(self) -> None:
        """Everything a resumed run needs, and the averaged weights alone; each file is replaced at
        once."""
        kept = {
            "network": {n: p for n, p in self.network.named_parameters() if p.requires_grad},
            "share": self.network.share,
            "group": self.network.group,
            "average": self.average.average,
            "optimizer": self.optimizer.state_dict(),
            "warp": self.warp.mean,
            "settings": asdict(self.settings),
            "step": self.step,
            "spent": self.spent,
            "history": self.history,
        }
        torch.save(kept, self.folder / (CHECKPOINT + ".new"))
        os.replace(self.folder / (CHECKPOINT + ".new"), self.folder / CHECKPOINT)
        new = self.folder / "averaged.new"
        new.mkdir(exist_ok=True)
        (self.folder / "averaged").mkdir(exist_ok=True)
        self.network.curve.copy_(self.warp.curve())
        self.average.swap()
        for path in self.network.save(new, TRUNK):
            os.replace(path, self.folder / "averaged" / path.name)
        self.average.swap()

    def resume(self) -> bool:
        """Continue from the folder's checkpoint; False if there is none. Another budget moves the
        descent accordingly."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        kept = torch.load(path, weights_only=True)
        for name in ("seed", "width", "groups"):
            mine, theirs = getattr(self.settings, name), kept["settings"][name]
            if mine != theirs:
                raise ValueError(f"{name} must be {theirs} to resume this checkpoint, got {mine}")
        own = self.network.state_dict(keep_vars=True)
        with torch.no_grad():
            for name, value in kept["network"].items():
                own[name].copy_(value)
            self.network.share.copy_(kept["share"])
            self.network.group.copy_(kept["group"])
            for mine, value in zip(self.average.average, kept["average"], strict=True):
                mine.copy_(value)
        self.optimizer.load_state_dict(kept["optimizer"])
        self.warp.mean = kept["warp"]
        self.step, self.spent, self.history = (kept[name] for name in ("step", "spent", "history"))
        return True


def begin_from(
    training: EvidenceTraining, folder: str | Path, own: dict[str, float] | None = None
) -> None:
    """Let a new run begin where the shipped one of `folder` ended: weights, steps, hours, curve.
    The optimizer's averages begin anew.

    own: of the blocks and the head so much is that network's, the rest the masked one's, as
    `own_shares` reads it; all of it without. That brings masks nearer to it, at some cost of the
    other noises (mixing weights with those that a fine-tuning began from: arXiv 2109.01903).
    """
    folder, network = Path(folder), training.network
    shipped = load_evidence(folder, network.network)
    mix_into(network, shipped, own)
    with torch.no_grad():
        network.share.copy_(shipped.share)
        network.group.copy_(shipped.group)
    training.average = AveragedWeights(network, training.settings.average)
    training.warp.mean = shipped.curve[1].flip(0).clone()
    trained = json.loads((folder / TRAINED).read_text(encoding="utf-8"))
    training.step, training.spent = trained["steps"], 3600.0 * trained["hours"]
    training.history = read_log(folder / CURVE)


def word_shares(text: Windows, size: int) -> torch.Tensor:
    """(V,): how often each piece occurs in the plain text, a tenth added to each; nothing for what
    no text holds."""
    count = torch.bincount(text.pieces[: text.plain_length], minlength=size).double() + 0.1
    count[[MASK, PAD]] = 1e-9 * count.sum()
    return (count / count.sum()).float()


def command_line() -> argparse.ArgumentParser:
    """What the program takes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", help="text or .gz, as for playground.training")
    parser.add_argument("--heldout")
    parser.add_argument("--model", default="assets/models/fairy-diffusion")
    parser.add_argument("--out", default="checkpoints/evidence")
    parser.add_argument("--hours", type=float, help="of processor time, in all")
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--begin", metavar="FOLDER", help="a new run begins where the shipped one there ended"
    )
    parser.add_argument(
        "--own",
        type=own_shares,
        metavar="SHARE[,NAME=SHARE...]",
        help="with --begin and --ship: share of its weights, 0 to 1, and of those with NAME in theirs",
    )
    parser.add_argument(
        "--shares",
        type=lambda text: tuple(float(one) for one in text.split(",")),
        default=EvidenceSettings.shares,
        help=f"of the rows: {', '.join(KINDS)}, with commas between",
    )
    parser.add_argument(
        "--taught", type=float, default=EvidenceSettings.taught, help="share of the masks' loss"
    )
    parser.add_argument("--ship", metavar="FOLDER", help="copy the averaged weights of --out there")
    return parser


def main() -> None:
    """Read the command line, train or go on training."""
    parser = command_line()
    options = parser.parse_args()
    if options.ship:
        trunk = load_network(options.model)[1]
        for path in ship(options.out, options.ship, trunk, options.own):
            print(f"{path}: {path.stat().st_size:,} bytes")
        return
    if not (options.corpus and options.heldout and options.hours):
        parser.error("--corpus, --heldout and --hours are needed for training")
    # oneDNN keeps the code of every shape it has met, and each step brings new ones
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    tokenizer, network = load_network(options.model)
    mix = WindowMix(running=0.5, marked=0.15)  # a canvas of the app has no marks
    settings = EvidenceSettings(
        seconds=3600 * options.hours,
        learning_rate=options.learning_rate,
        seed=options.seed,
        shares=options.shares,
        taught=options.taught,
    )
    text = Windows(tokenizer, read_blocks(options.corpus), mix=mix)
    heldout = Windows(tokenizer, read_blocks(options.heldout))
    training = EvidenceTraining(settings, network, text, heldout, options.out)
    resumed = training.resume()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, training.stop)
    if not resumed:
        if options.begin:
            begin_from(training, options.begin, options.own)
        training._record([])
    training.run()
    print(f"stopped at step {training.step}, {training.spent:.0f} seconds", flush=True)


if __name__ == "__main__":
    main()
