"""Memory of the process after 1,000 short runs ÷ after 100 (goal: within 5%).

    python tests/benchmarks/memory.py [--runs 1000] [--tokens 8] [--visitors 4]

Each run is a visitor's: a session of the shipped left-to-right model, a prompt of varying length,
`generate` with records, or a canvas for its diffusion twin; every tenth run is stopped half way.
"""

from __future__ import annotations

import argparse
import gc
import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from playground.backend import get_backend
from playground.backend.telemetry import resident_bytes
from playground.decoding import DecodingSettings, generate

WORDS = "once upon a time there was a king who had three sons and the youngest went out into the wide world to seek".split()


def one_run(number: int, tokens: int) -> None:
    """One short run of one visitor."""
    backend = get_backend()
    prompt = " ".join(WORDS[(number + k) % len(WORDS)] for k in range(2 + number % 60))
    if number % 4 == 3:
        with (
            backend.run(number, "diffuse", "fairy-diffusion") as run,
            backend.denoiser("fairy-diffusion") as denoiser,
        ):
            canvas = [denoiser.encode(prompt)[:40] + [denoiser.mask_id] * 8]
            for _ in range(3):
                denoiser.logits(canvas)
                run.step()
        return
    with (
        backend.run(number, "generate", "fairy-causal") as run,
        backend.causal("fairy-causal") as model,
    ):
        settings = DecodingSettings(max_new_tokens=tokens, temperature=0.8, top_p=0.9, seed=number)
        for step in generate(model, model.encode(prompt), settings, ignore_end=True):
            step.record(model.piece)
            run.step()
            if number % 10 == 0 and step.index >= tokens // 2:
                break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--tokens", type=int, default=8)
    parser.add_argument("--visitors", type=int, default=4)
    options = parser.parse_args()
    numbers, lock, early = iter(range(options.runs)), threading.Lock(), []

    def visit() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            one_run(number, options.tokens)
            if number == options.runs // 10:
                gc.collect()
                early.append(resident_bytes())
                print(f"after {number} runs: {early[0] / 1e6:.0f} MB", flush=True)

    threads = [threading.Thread(target=visit) for _ in range(options.visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()
    late = resident_bytes()
    print(
        f"after {options.runs} runs: {late / 1e6:.0f} MB, ratio {late / early[0]:.3f} (goal <= "
        "1.05)"
    )
    print(get_backend().health())


if __name__ == "__main__":
    main()
