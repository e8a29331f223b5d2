"""Records the loop that the Escape page opens with: `python -m playground.pages.escape.record`.

The shipped model writes greedily until its text goes round; the lap after that is what the page
plays. For each token of the lap the record holds the model's logits relative to the loop token's:
NAMED of them one by one, the others as (logit, count) in bins of BIN nats, each at the mean weight
of its members at T = 1. What a bin adds to a probability is exact at T = 1 and elsewhere off by a
share of about BIN² / 24 · |1/T² − 1/T|: below the digits on the page
(tests/pages/test_escape_recorded.py).

And the experiment on a real loop, as the page begins with it: what a visitor plays with who waits
for a place.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np

from playground import decoding
from playground.backend import get_backend
from playground.decoding.settings import DecodingSettings
from playground.i18n import wire
from playground.pages.escape.live import FOLLOWED, experiment_messages
from playground.pages.escape.recorded import EXPERIMENT, RECORDED

MODEL = "fairy-causal"
PROMPT = "and the wind blew, and the wind blew"
SEARCH = 220  # tokens of greedy text in which the loop must be found
START = 2  # the token of the lap that the page draws at first: the best held one
TEMPERATURE = 0.95  # the page opens a little above this token's T_c at top-p 0.9
NAMED = 128
BIN = 0.05  # nats
ASKED: dict[str, Any] = {
    "model": MODEL,
    "prompt": "the sea, the sea, the sea",
    "top_p": 0.9,
    "runs": 32,
    "length": 32,
}
WAYS = 60  # ways out whose text is written on
LONGEST_WAY = 12  # tokens


def bins_of(logits: np.ndarray) -> list[list[float]]:
    """[[logit, count], ...] of the logits (n,), falling: each bin at the logit whose weight at T =
    1 is its members' mean."""
    places = np.floor(logits / BIN).astype(np.int64)
    found = []
    for place in np.unique(places)[::-1]:
        inside = logits[places == place].astype(np.float64)
        top = inside.max()
        found.append([round(float(top + np.log(np.exp(inside - top).mean())), 4), len(inside)])
    return found


def place_of(
    model: Any, context: list[int], token: int, logits: np.ndarray, ways: int = WAYS
) -> dict[str, Any]:
    """What can come in place of `token` after `context`; logits (V,). `ways` of the ways out are
    written on."""
    relative = logits.astype(np.float64) - float(logits[token])
    order = np.lexsort((np.arange(len(relative)), -relative))
    named = [int(each) for each in order[:NAMED]]
    if token not in named:
        raise ValueError(f"the loop token is not among the {NAMED} likeliest")
    before = model.decode(context)
    return {
        "rows": [
            [model.decode([*context, each])[len(before) :], round(float(relative[each]), 4)]
            for each in named
        ],
        "loop": named.index(token),
        "bins": bins_of(relative[order[NAMED:]]),
        "ways": {
            str(row): way_on(model, [*context, each])
            for row, each in enumerate(named[: ways + 1])
            if each != token
        },
    }


def way_on(model: Any, ids: list[int]) -> str:
    """What a calm draw writes after a way out, up to the end of the sentence."""
    settings = DecodingSettings(temperature=0.7, top_p=0.9, max_new_tokens=LONGEST_WAY, seed=1)
    written = list(ids)
    for step in decoding.generate(model, ids, settings):
        written.append(step.token_id)
        if model.decode([step.token_id]).strip() in {".", "!", "?"}:
            break
    return model.decode(written)[len(model.decode(ids)) :]


def record(ways: int = WAYS) -> dict[str, Any]:
    """The loop as the page plays it, `ways` ways out written on at each of its places."""
    with get_backend().causal(MODEL) as model:
        cycle = decoding.experiment.find_cycle(model, model.encode(PROMPT), SEARCH)
        if cycle is None:
            raise ValueError(f"{MODEL} does not loop from {PROMPT!r}")
        lap = cycle.continuation(cycle.loop.period)
        ids = [*cycle.ids, *lap]
        along = np.asarray(model.logits_along(ids[:-1]))[len(cycle.ids) - 1 :]
        texts = [str(piece) for piece in decoding.text_pieces(model.decode, ids)]
        return {
            "model": MODEL,
            "prompt": PROMPT,
            "vocabulary": model.vocab_size,
            "temperature": TEMPERATURE,
            "start": START,
            "before": model.decode(cycle.ids[: cycle.loop.start + cycle.loop.period]),
            "lap": texts[len(cycle.ids) :],
            "places": [
                place_of(model, ids[: len(cycle.ids) + i], token, along[i], ways)
                for i, token in enumerate(lap)
            ],
        }


def record_experiment() -> dict[str, Any]:
    """{"asked", "found": {name of a figure: its last record}} of one whole experiment with the
    page's own settings."""
    backend, found = get_backend(), {}
    given = {name: value for name, value in ASKED.items() if name != "model"}
    with (
        contextlib.closing(backend.causal(MODEL)) as model,
        contextlib.closing(
            decoding.together.Together([backend.causal(MODEL) for _ in range(FOLLOWED)])
        ) as followed,
    ):
        for message in experiment_messages(model, **given, followed=followed):
            for frame in message.get("frames", ()):
                found.update(wire(frame))
    return {"asked": ASKED, "found": found}


def main() -> None:
    for path, made in ((RECORDED, record()), (EXPERIMENT, record_experiment())):
        text = json.dumps(made, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        path.write_text(text + "\n", encoding="utf-8")
        print(f"{path.name}: {len(text):,} characters")


if __name__ == "__main__":
    main()
