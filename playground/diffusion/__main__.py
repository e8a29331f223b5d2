"""`python -m playground.diffusion "once upon a time [MASK]*12 ."` prints the steps of an unmasking
run in a terminal."""

from __future__ import annotations

import argparse
import sys
from time import perf_counter

from playground.backend import get_backend
from playground.diffusion import ExactDenoiser, UnmaskSettings, list_samplers, unmask
from playground.diffusion.canvas import parse_canvas
from playground.diffusion.noise import SCHEDULES
from playground.diffusion.samplers import find_sampler
from playground.markov import NgramModel

# for --exact: a bigram model of these sentences, small enough to read
SENTENCES = """once upon a time there was a king . once upon a time there was a dragon . the king had a daughter .
the dragon had a cave . the king saw the dragon and the dragon saw the king . a daughter of the king was in the cave .
there was a time when the king was a dragon . the daughter saw the cave and the king was there ."""


def exact_model() -> ExactDenoiser:

    return ExactDenoiser.from_ngram(
        NgramModel.fit(SENTENCES, 1, smoothing="backoff", ending="wrap")
    )


def shipped_model(name: str):
    """The catalogue's denoiser. This file alone of the package may know the backend: it is a
    program, not the library."""

    return get_backend().denoiser(name)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m playground.diffusion", description=__doc__)
    parser.add_argument("canvas", help='fixed text and masks, e.g. "once upon a time [MASK]*12 ."')
    parser.add_argument(
        "--sampler", choices=[sampler.name for sampler in list_samplers()], default="mdlm"
    )
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--top-p", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schedule", choices=SCHEDULES, default="linear")
    parser.add_argument("--selection")
    parser.add_argument("--block-length", type=int)
    parser.add_argument("--threshold", type=float)
    parser.add_argument("--model", default="fairy-diffusion", help="a denoiser of the catalogue")
    parser.add_argument(
        "--exact",
        action="store_true",
        help="a small bigram model whose answers are exact; needs no weights",
    )
    chosen = parser.parse_args(arguments)
    try:
        settings = UnmaskSettings(
            chosen.sampler,
            chosen.steps,
            temperature=chosen.temperature,
            top_p=chosen.top_p,
            seed=chosen.seed,
            schedule=chosen.schedule,
            selection=chosen.selection,
            block_length=chosen.block_length,
            threshold=chosen.threshold,
        )
        try:
            denoiser = exact_model() if chosen.exact else shipped_model(chosen.model)
        except Exception as error:
            print(
                f"The model {chosen.model!r} is not there ({error}). --exact runs without weights.",
                file=sys.stderr,
            )
            return 1
        run(denoiser, parse_canvas(chosen.canvas, denoiser.encode, denoiser.mask_id), settings)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(denoiser, canvas: list[int], settings: UnmaskSettings) -> None:
    card = find_sampler(settings.sampler)
    print(f"{card.name}: {card.explanation}\nsource: {card.source}\n")
    piece = getattr(denoiser, "piece", None) or (lambda token: denoiser.decode([token]))
    begin = perf_counter()
    for step in unmask(denoiser, [canvas], settings):
        record = step.record(text_of=piece, top=1)
        words = []
        for token, state, text in zip(
            record["canvas"], record["state"], record["text"], strict=True
        ):
            clean = "".join(c if c.isprintable() else "·" for c in text).strip()
            words.append(
                "▁" if token == denoiser.mask_id else f"[{clean}]" if state == "new" else clean
            )
        time = "" if record["t"] is None else f" t={record['t']:.2f}"
        print(
            f"{record['index'] + 1:4d}{time}  +{record['revealed']:<2d} calls "
            f"{record['calls']:<3d} {' '.join(words)}"
        )
    print(f"\n{denoiser.decode([t for t in record['canvas']])}\n{perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
