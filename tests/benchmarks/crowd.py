"""Ten thousand visitors at once: what one replica does is measured here, the rest is arithmetic,
and the two are told apart.

    python tests/benchmarks/crowd.py --measure [--models fairy-causal,smollm2-135m] [--visitors 16] [--seconds 20]
    python tests/benchmarks/crowd.py             # the table of the README from what was last measured, deploy/measured.json
    python tests/benchmarks/crowd.py --readme    # the same, written into README.md between its marks

Measured, over a real Ray Serve cluster on this machine (one replica, one thread, so many visitors
writing with all rules and whole records): tokens/s, the wait for a token, the replica's memory, the
page's processor time for a token. A test holds the README's table equal to what this program
computes from the file. Measure on a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
MEASURED, README = ROOT / "deploy" / "measured.json", ROOT / "README.md"
BEGIN, END = "<!-- crowd: computed by tests/benchmarks/crowd.py -->", "<!-- /crowd -->"

# Assumed, not measured. Change them here and the table changes.
VISITORS = 10_000
# share of the visitors whose text is being written at one moment; the others read, scrub and move
# sliders
WRITING = 0.20
SPEED = 5.0  # tokens/s that a writing visitor is to see
FULL = 0.70  # of a replica's or a page's measured speed that is planned with
CORE_HOUR = 0.04  # price of a rented processor core for an hour, in dollars
PAGE_MEMORY = 0.8  # GB of a page process


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(model: str, visitors: int, seconds: float, port: int) -> dict:
    """One replica with one thread and `visitors` who write all the time."""
    from playground.backend.remote import RemoteBackend
    from playground.cluster.serve import LocalCluster
    from playground.decoding import DecodingSettings, generate

    cluster = LocalCluster([model], port, replicas=1, threads=1)
    try:
        backend = RemoteBackend(cluster.address)
        sessions = [backend.causal(model) for _ in range(visitors)]
        ids = sessions[0].encode("once upon a time there was a king who")
        sessions[0].next_logits(ids)
        pid = int(sessions[0]._engine.answered_by.rsplit("-", 1)[1])
        waits: list[list[float]] = [[] for _ in range(visitors)]
        start, over = threading.Barrier(visitors + 1), threading.Event()

        def write(place: int) -> None:
            start.wait()
            seed = place
            while not over.is_set():
                before = time.perf_counter()
                for step in generate(
                    sessions[place],
                    ids,
                    DecodingSettings(max_new_tokens=64, top_p=0.95, seed=seed),
                    ignore_end=True,
                ):
                    step.record(sessions[place].piece, 20)
                    now = time.perf_counter()
                    waits[place].append(now - before)
                    before = now
                    if over.is_set():
                        return
                seed += visitors

        threads = [
            threading.Thread(target=write, args=(place,), daemon=True) for place in range(visitors)
        ]
        for thread in threads:
            thread.start()
        start.wait()
        time.sleep(3)  # prompts are read, caches are made
        for mine in waits:
            mine.clear()
        began, processor = time.perf_counter(), time.process_time()
        time.sleep(seconds)
        took, processor = time.perf_counter() - began, time.process_time() - processor
        every = sorted(wait for mine in waits for wait in list(mine))
        memory = resident(pid)
        over.set()
        for thread in threads:
            thread.join(60)
        vocabulary = sessions[0].vocab_size
        backend.close()
    finally:
        cluster.close()
    return {
        "visitors": visitors,
        "tokens_per_second": round(len(every) / took, 1),
        "wait_p50_ms": round(1000 * every[len(every) // 2]),
        "wait_p95_ms": round(1000 * every[int(0.95 * len(every))]),
        "replica_bytes": memory,
        "page_seconds_per_token": round(processor / len(every), 5),
        "bytes_per_token": 4 * vocabulary,
    }


def table(measured: dict) -> str:
    """Markdown: what was measured, then what follows from it and from the assumptions."""
    demand = VISITORS * WRITING * SPEED
    models = measured["models"]
    lines = [
        f"Measured ({measured['date']}, {measured['machine']}, load {measured['load']} besides; "
        "one replica, one thread, over Ray Serve):",
        "",
        "| model | visitors writing | tokens/s of the replica | tokens/s a visitor | wait for a "
        "token, p50 / p95 | memory of the replica | page's processor time a token | logits a "
        "token |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, figures in models.items():
        lines.append(
            f"| {name} | {figures['visitors']} | {figures['tokens_per_second']:,.1f} | "
            f"{pace(figures):.1f} | {figures['wait_p50_ms']:,} / {figures['wait_p95_ms']:,} ms | "
            f"{figures['replica_bytes'] / 1e9:.1f} GB | "
            f"{1000 * figures['page_seconds_per_token']:.1f} ms | "
            f"{figures['bytes_per_token'] / 1000:,.0f} kB |"
        )
    lines += [
        "",
        "Extrapolated (nothing of it was run) from these figures and from assumptions, none of "
        "which was measured:",
        "",
        *(f"- {assumption}" for assumption in assumptions(measured, demand)),
        "",
        "| model | replicas (cores) | page processes (cores) | memory | logits on the network | "
        "cost an hour | a visitor and hour |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, figures in models.items():
        replicas = math.ceil(demand / (FULL * figures["tokens_per_second"]))
        pages = math.ceil(demand * figures["page_seconds_per_token"] / FULL)
        memory = replicas * figures["replica_bytes"] / 1e9 + pages * PAGE_MEMORY
        cost = (replicas + pages) * CORE_HOUR
        lines.append(
            f"| {name} | {replicas:,} | {pages:,} | {memory:,.0f} GB | "
            f"{demand * figures['bytes_per_token'] / 1e9:.1f} GB/s | ${cost:,.2f} | "
            f"{100 * cost / VISITORS:.2f} cents |"
        )
    return "\n".join(lines)


def pace(figures: dict) -> float:
    """Tokens/s that each visitor of the measurement saw."""
    return figures["tokens_per_second"] / figures["visitors"]


def assumptions(measured: dict, demand: float) -> list[str]:
    """Everything that the second table takes for granted, a sentence each; where the measurement
    says otherwise, it says so."""
    models = measured["models"].items()
    slow = [name for name, figures in models if pace(figures) < SPEED]
    saw = ", ".join(f"{pace(figures):.1f} with {name}" for name, figures in models)
    served = ", ".join(
        f"{FULL * figures['tokens_per_second'] / SPEED:.0f} with {name} "
        f"({figures['visitors']} were measured)"
        for name, figures in models
    )
    return [
        f"{VISITORS:,} visitors, of whom {WRITING:.0%} have a text written at a moment; the "
        "others cost nothing.",
        f"Each text grows by {SPEED:g} tokens/s, all together by {demand:,.0f} tokens/s. In the "
        f"measurement a visitor saw {saw}"
        + (f": the speed was not met with {', '.join(slow)}." if slow else "."),
        "A replica writes as many tokens/s for any number of visitors as for those of the "
        f"measurement. At {SPEED:g} tokens/s each it has {served}.",
        f"Replicas and pages are planned at {FULL:.0%} of what was measured.",
        f"A page process takes one core and {PAGE_MEMORY:g} GB of memory, a replica one core and "
        "the memory above.",
        f"A core costs ${CORE_HOUR:.2f} an hour; memory and network cost nothing beside it.",
    ]


def in_readme(text: str) -> str:
    """What stands between the marks of a README."""
    return text.split(BEGIN, 1)[1].split(END, 1)[0].strip()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--models", default="fairy-causal,smollm2-135m")
    parser.add_argument("--visitors", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--port", type=int, default=8140)
    options = parser.parse_args()
    if options.measure:
        os.environ.setdefault(
            "OMP_NUM_THREADS", "1"
        )  # torch's second thread waits at work and would count as the page's
        load = os.getloadavg()[0]
        models = {
            name: measure(name, options.visitors, options.seconds, options.port + place)
            for place, name in enumerate(options.models.split(","))
        }
        MEASURED.write_text(
            json.dumps(
                {
                    "date": str(datetime.date.today()),
                    "machine": f"{os.cpu_count()} cores {platform.machine()}",
                    "load": round(load, 1),
                    "models": models,
                },
                indent=1,
            )
            + "\n",
            encoding="utf-8",
        )
    made = table(json.loads(MEASURED.read_text(encoding="utf-8")))
    print(made)
    if options.readme:
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(in_readme(text), made), encoding="utf-8")


if __name__ == "__main__":
    main()
