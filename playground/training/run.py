"""The training loop: one step is a function of (weights, optimizer state, seed, step), so a resumed
run continues exactly."""

from __future__ import annotations

import csv
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from .evaluate import half_precision, quick_figures
from .objective import hide_causal, hide_diffusion, piece_losses, weighted_loss
from .schedule import AveragedWeights, Trapezoid
from .start import build_model, load_tied_state, tied_state
from .text import Windows

CHECKPOINT = "checkpoint.pt"


@dataclass
class TrainingSettings:
    """Everything that decides a run, apart from the text and the start weights. Rates and shares in
    [0, 1]; sizes in pieces."""

    model: str
    seed: int = 0
    minutes: float | None = (
        None  # time limit of all resumed parts together; the descent is fitted into it
    )
    steps: int | None = (
        None  # or a number of steps, which makes the run repeatable to the bit on one machine
    )
    batch_pieces: int = 16384
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    dropout: float = 0.1
    noise: float = 0.0  # causal: share of input pieces hidden
    weighting: str = "bound"  # diffusion: "bound" or "token"
    warmup: int = 200  # steps
    descent: float = 0.3  # last share of the run in which the learning rate falls
    average: float = 0.999
    lengths: dict[int, float] = field(
        default_factory=lambda: {128: 0.4, 64: 0.4, 0: 0.2}
    )  # window: share of steps; 0: 8 to 63
    bfloat16: bool = False  # matrix products in half precision (tensor cores, AMX)
    compile: bool = False
    evaluate_every: float = 20.0  # seconds
    evaluate_pieces: int | None = None  # of each evaluation text, the first so many
    positions_from: int | None = (
        None  # train the position embeddings from this row on and nothing else: a longer context
    )

    def __post_init__(self):
        if (self.minutes is None) == (self.steps is None):
            raise ValueError(
                f"either minutes or steps must be given, got minutes={self.minutes}, "
                f"steps={self.steps}"
            )
        for name in ("dropout", "noise", "descent", "average"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be in [0, 1], got {getattr(self, name)}")
        if self.positions_from is not None and self.weight_decay > 0:
            raise ValueError(
                "weight_decay must be 0 while only positions are trained (it would shrink the "
                f"frozen rows), got {self.weight_decay}"
            )
        if self.weighting not in ("bound", "token"):
            raise ValueError(f"weighting must be 'bound' or 'token', got {self.weighting!r}")


class Training:
    """A run: network, optimizer, averaged weights, log. `folder` receives log.csv, checkpoint.pt
    and weights."""

    def __init__(
        self,
        settings: TrainingSettings,
        tokenizer: Tokenizer,
        start: dict[str, torch.Tensor] | None,
        text: Windows,
        evaluation: dict[str, Windows],
        folder: str | Path,
        **sizes: int,
    ):
        self.settings, self.text, self.evaluation = settings, text, evaluation
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.device = text.device
        torch.manual_seed(settings.seed)
        self.network = build_model(
            settings.model, tokenizer.get_vocab_size(), settings.dropout, **sizes
        )
        if start is not None:
            load_tied_state(self.network, start)
        self.network.to(self.device).train()
        if (
            self.device.type == "cpu"
        ):  # the fused attention's backward pass is four times slower than plain products there
            self.network.set_attn_implementation("eager")
        if settings.positions_from is not None:
            self._freeze_below(settings.positions_from)
        trained = [p for p in self.network.parameters() if p.requires_grad]
        plain = [p for p in trained if p.ndim < 2]
        decayed = [p for p in trained if p.ndim >= 2]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": settings.weight_decay},
                {"params": plain, "weight_decay": 0.0},
            ],
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
            fused=self.device.type == "cuda",
        )
        self.schedule = Trapezoid(settings.learning_rate, settings.warmup)
        if settings.steps is not None:
            descent = max(1, round(settings.descent * settings.steps))
            self.schedule.begin_descent(settings.steps - descent, descent)
        self.average = AveragedWeights(self.network, settings.average)
        self.losses_of = torch.compile(piece_losses) if settings.compile else piece_losses
        self.step, self.elapsed, self.seen = 0, 0.0, 0
        self.history: list[dict] = []

    def _freeze_below(self, first: int) -> None:
        """Leave only the rows from `first` on of the position embeddings trainable: shorter texts
        keep their figures to the bit."""
        rows = self.network.bert.embeddings.position_embeddings.weight
        if not 0 < first < len(rows):
            raise ValueError(f"positions_from must be in [1, {len(rows) - 1}], got {first}")
        for parameter in self.network.parameters():
            parameter.requires_grad = parameter is rows

        def keep(gradient: torch.Tensor) -> torch.Tensor:
            return torch.cat([torch.zeros_like(gradient[:first]), gradient[first:]])

        rows.register_hook(keep)

    # ----------------------------------------------------------------------------------------------
    # one step
    def _length(self, step: int) -> int:
        """Window length of a step, from the seed and the step alone."""
        generator = torch.Generator().manual_seed(self.settings.seed * 1_000_003 + step)
        lengths = list(self.settings.lengths)
        shares = torch.tensor([self.settings.lengths[length] for length in lengths])
        length = lengths[int(torch.multinomial(shares, 1, generator=generator))]
        return length or int(torch.randint(8, 64, (1,), generator=generator))

    def train_step(self) -> torch.Tensor:
        """One step; returns the loss (nats) as a tensor on the device."""
        settings = self.settings
        length = self._length(self.step)
        torch.manual_seed(
            (settings.seed * 1_000_003 + self.step) * 2 + 1
        )  # windows, masks and dropout of this step
        window = self.text.draw(max(1, settings.batch_pieces // length), length)  # (B, L)
        if self.network.config.is_decoder:
            inputs, targets, weights = hide_causal(window, settings.noise)
        else:
            inputs, targets, weights = hide_diffusion(window, settings.weighting)
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(self.step)
        with half_precision(self.device, settings.bfloat16):
            loss = weighted_loss(self.network, inputs, targets, weights, self.losses_of)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.average.update(self.step)
        self.step += 1
        self.seen += window.numel()
        return loss.detach()

    # ----------------------------------------------------------------------------------------------
    # the loop
    def run(self, until: int | None = None) -> list[dict]:
        """Train to the end (or to step `until`), log, leave a checkpoint. Returns the log's
        rows."""
        settings = self.settings
        budget = None if settings.minutes is None else settings.minutes * 60
        last = time.monotonic()
        next_evaluation = self.elapsed + settings.evaluate_every
        losses: list[torch.Tensor] = []
        while self.step < min(self.schedule.last_step, until or self.schedule.last_step):
            losses.append(self.train_step())
            if self.step % 20 == 0 and self.device.type == "cuda":
                torch.cuda.synchronize()  # so that the clock is true
            now = time.monotonic()
            self.elapsed, last = self.elapsed + now - last, now
            if (
                budget
                and self.schedule.descent_start is None
                and self.elapsed >= budget * (1 - settings.descent)
            ):
                left = max(0.0, budget - self.elapsed)
                self.schedule.begin_descent(self.step, round(left * self.step / self.elapsed))
            if budget and self.elapsed > budget * 1.05:
                break
            if self.elapsed >= next_evaluation:
                self._record(losses, budget)
                self.save()
                losses, next_evaluation = [], self.elapsed + settings.evaluate_every
        self._record(losses, budget)
        self.save()
        return self.history

    def _record(self, losses: list[torch.Tensor], budget: float | None) -> None:
        row = {
            "step": self.step,
            "seconds": round(self.elapsed, 1),
            "pieces": self.seen,
            "rate": f"{self.schedule.rate(self.step):.2e}",
            "train": round(torch.stack(losses[-200:]).mean().item(), 4) if losses else None,
        }
        self.average.swap()
        with half_precision(self.device, self.settings.bfloat16):
            for name, text in self.evaluation.items():
                figures = quick_figures(self.network, text, self.settings.evaluate_pieces)
                row |= {f"{name}_{key}": round(value, 4) for key, value in figures.items()}
        self.average.swap()
        self.history.append(row)
        with open(self.folder / "log.csv", "w", newline="") as out:
            writer = csv.DictWriter(out, fieldnames=list(self.history[0]))
            writer.writeheader()
            writer.writerows(self.history)
        left = (
            budget - self.elapsed
            if budget
            else (self.schedule.last_step - self.step) * self.elapsed / max(1, self.step)
        )
        print(
            f"{self.folder.name}: {json.dumps(row)}, about {max(0.0, left) / 60:.1f} minutes left",
            flush=True,
        )

    # ----------------------------------------------------------------------------------------------
    # checkpoints
    def save(self) -> None:
        """Everything a resumed run needs (checkpoint.pt), and the weights alone: last.safetensors,
        averaged.safetensors (float16)."""
        torch.save(
            {
                "network": self.network.state_dict(),
                "average": self.average.average,
                "optimizer": self.optimizer.state_dict(),
                "schedule": asdict(self.schedule),
                "settings": asdict(self.settings),
                "step": self.step,
                "elapsed": self.elapsed,
                "seen": self.seen,
                "history": self.history,
            },
            self.folder / CHECKPOINT,
        )
        self.save_weights(self.folder / "last.safetensors")
        self.average.swap()
        self.save_weights(self.folder / "averaged.safetensors")
        self.average.swap()

    def save_weights(self, path: Path) -> None:
        """The network's weights in float16, tied ones once."""
        save_file(
            {
                name: value.to(torch.float16).contiguous().cpu()
                for name, value in tied_state(self.network).items()
            },
            path,
        )

    def resume(self) -> None:
        """Continue from the folder's checkpoint, at the step and in the schedule that it stands in.
        Where this run has another length, its own schedule counts from the first step too: what had
        ended goes on at the rate that the longer run has there."""
        kept = torch.load(self.folder / CHECKPOINT, map_location=self.device, weights_only=True)
        if kept["settings"]["model"] != self.settings.model:
            raise ValueError(
                f"model must be {kept['settings']['model']} to resume this checkpoint, got "
                f"{self.settings.model}"
            )
        self.network.load_state_dict(kept["network"])
        self.optimizer.load_state_dict(kept["optimizer"])
        for mine, value in zip(self.average.average, kept["average"], strict=True):
            mine.copy_(value)
        same_length = (kept["settings"]["steps"], kept["settings"]["minutes"]) == (
            self.settings.steps,
            self.settings.minutes,
        )
        if same_length:
            self.schedule = Trapezoid(**kept["schedule"])
        self.step, self.elapsed, self.seen, self.history = (
            kept[name] for name in ("step", "elapsed", "seen", "history")
        )
