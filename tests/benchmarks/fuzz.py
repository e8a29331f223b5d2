"""Thousands of requests that no honest browser sends, against the running app; each failure is sent
to an empty Gradio app too.

    python tests/benchmarks/fuzz.py [--cases 10000] [--workers 4] [--seed 0] [--url http://...]

Starts `app.py` (unless --url names a running one) with short runs, reads endpoints, events and
server functions off it as any stranger can, and sends cases made by hypothesis: endpoints by raw
HTTP and by gradio_client, forged events of components, forged server functions, bodies of every
kind up to 10 MB, paths. A failure: a server error, a broken connection, silence, an error without a
sentence, a file that was read. What an empty Gradio app answers with the same server error is
listed, not counted. At the end the app must still write a text, and hold no run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import httpx

from tests.pages.process import App


def work(url: str, number: int, seed: int) -> tuple[Counter, list]:
    """`number` cases of one worker: (how they ended, by kind; the failures)."""
    from gradio_client import Client
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from tests.security.attacks import cases
    from tests.security.delivery import SECONDS, PublicInterface, send

    interface, outcomes, failures = PublicInterface.of(url), Counter(), []
    program = Client(url, verbose=False)
    with httpx.Client(base_url=url, timeout=SECONDS) as client:

        @seeded(seed)
        @settings(
            max_examples=number,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(cases(interface))
        def attack(case):
            outcome = send(client, case, program)
            outcomes[case[0], outcome.kind] += 1
            if outcome.kind == "failed":
                failures.append((case, outcome.detail))

        attack()
    return outcomes, failures


def empty_app() -> str:
    """The address of a Gradio app with one endpoint and nothing else."""
    import gradio as gr

    def given(value: str) -> str:
        return value

    with gr.Blocks() as demo:
        gr.HTML("", js_on_load="", server_functions=[given])
        gr.api(given, api_name="decode")
    demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, ssr_mode=False)
    return demo.local_url.rstrip("/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--url")
    options = parser.parse_args()
    with contextlib.ExitStack() as ends:
        if options.url is None:
            app = ends.enter_context(App(PLAYGROUND_RUN_SECONDS="3"))
            app.until_warm()
        url = (options.url or app.url).rstrip("/")
        began = time.monotonic()
        share = -(-options.cases // options.workers)
        with ProcessPoolExecutor(options.workers) as pool:
            parts = list(
                pool.map(
                    work,
                    [url] * options.workers,
                    [share] * options.workers,
                    range(options.seed, options.seed + options.workers),
                )
            )
        outcomes, failures = (
            sum((part[0] for part in parts), Counter()),
            [failure for part in parts for failure in part[1]],
        )
        from tests.security.delivery import send

        counted, listed = [], []
        if failures:
            with httpx.Client(base_url=empty_app(), timeout=60) as client:
                for case, detail in failures:
                    (
                        listed
                        if detail.startswith("5") and send(client, case).detail.startswith("5")
                        else counted
                    ).append((case, detail))
        for name, some in (("also of an empty Gradio app", listed), ("FAILURE", counted)):
            for (kind, detail), count in Counter(
                (case[0], detail[:120]) for case, detail in some
            ).most_common():
                example = next(
                    case for case, other in some if case[0] == kind and other[:120] == detail
                )
                print(f"{name}: {count} x {kind}: {detail}\n    e.g. {json.dumps(example)[:400]}")
        state = httpx.get(url + "/health", timeout=60).json()
        from gradio_client import Client

        text = Client(url, verbose=False).predict(
            model="fairy-causal",
            prompt="once upon a time",
            max_new_tokens=5,
            seed=1,
            api_name="/decode",
        )["text"]
        for kind in sorted({kind for kind, _ in outcomes}):
            print(
                f"   {kind:<9}",
                {
                    outcome: count
                    for (one, outcome), count in sorted(outcomes.items())
                    if one == kind
                },
            )
        print(
            f"{sum(outcomes.values()):,} cases in {time.monotonic() - began:.0f} s: "
            f"{len(counted)} failures (goal 0), {len(listed)} server errors that an empty Gradio "
            f"app gives too; afterwards {state['runs']} and the app writes {text!r}"
        )


if __name__ == "__main__":
    main()
