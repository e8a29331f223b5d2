"""python -m playground.training --model fairy-diffusion|fairy-causal --corpus FILE --heldout FILE
--minutes N [--resume]"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from . import MODELS
from .run import Training, TrainingSettings
from .start import load_start
from .text import Windows, read_blocks


def main() -> None:
    """Read the command line, train, leave log and weights in the output folder."""
    parser = argparse.ArgumentParser(
        prog="python -m playground.training", description="Train one of the two models that write."
    )
    parser.add_argument("--model", required=True, choices=MODELS)
    parser.add_argument(
        "--corpus",
        required=True,
        help="text or .gz: one paragraph a line, blocks separated by empty lines",
    )
    parser.add_argument(
        "--heldout", required=True, help="text of the same form, for evaluation only"
    )
    parser.add_argument(
        "--start",
        default="checkpoints/start",
        help="folder made by python -m playground.training.start",
    )
    parser.add_argument("--out", help="folder of log and weights; default checkpoints/MODEL")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float)
    length.add_argument("--steps", type=int)
    parser.add_argument(
        "--resume", action="store_true", help="continue from the output folder's checkpoint"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--batch-pieces", type=int, default=16384 if torch.cuda.is_available() else 2048
    )
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument(
        "--noise", type=float, default=0.0, help="causal: share of input pieces hidden"
    )
    parser.add_argument(
        "--weighting",
        choices=("bound", "token"),
        default="token",
        help="diffusion: what counts the same",
    )
    parser.add_argument("--warmup", type=int, default=200, help="steps")
    parser.add_argument(
        "--lengths",
        default="128:0.4,64:0.4,0:0.2",
        help="window:share of steps; 0 stands for 8 to 63",
    )
    parser.add_argument("--descent", type=float, default=0.3)
    parser.add_argument("--average", type=float, default=0.999)
    parser.add_argument("--evaluate-every", type=float, default=60.0, help="seconds")
    parser.add_argument(
        "--evaluate-pieces", type=int, help="of the held-out text, the first so many; default all"
    )
    parser.add_argument(
        "--positions-from", type=int, help="train only the position embeddings from this row on"
    )
    parser.add_argument("--compile", action="store_true")
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="matrix products in half precision (tensor cores, AMX)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        help="CPU threads; one for each of two models trained side by side beats two for one",
    )
    options = parser.parse_args()

    if options.threads:
        torch.set_num_threads(options.threads)
    torch.set_float32_matmul_precision("high")
    settings = TrainingSettings(
        **{
            name: getattr(options, name)
            for name in (
                "model",
                "seed",
                "minutes",
                "steps",
                "batch_pieces",
                "learning_rate",
                "weight_decay",
                "dropout",
                "noise",
                "weighting",
                "warmup",
                "descent",
                "average",
                "positions_from",
                "compile",
                "bfloat16",
                "evaluate_every",
                "evaluate_pieces",
            )
        },
        lengths={
            int(length): float(share)
            for length, share in (part.split(":") for part in options.lengths.split(","))
        },
    )
    tokenizer, start = load_start(options.start)
    text = Windows(tokenizer, read_blocks(options.corpus), options.device)
    evaluation = {"heldout": Windows(tokenizer, read_blocks(options.heldout), options.device)}
    training = Training(
        settings,
        tokenizer,
        start,
        text,
        evaluation,
        Path(options.out or f"checkpoints/{options.model}"),
    )
    if options.resume:
        training.resume()
    training.run()


if __name__ == "__main__":
    main()
