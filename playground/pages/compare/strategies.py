"""Strategies: one prompt, up to six ways of choosing the next token, each written several times,
and what the texts are like."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground import decoding
from playground.backend.limits import limits
from playground.decoding.rules import RULES
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.metrics import (
    distinct_n,
    jackknife_interval,
    repetition_rate,
    self_bleu,
    wilson_interval,
)
from playground.pages.compare.batch_writers import BeamLane, SampledLane, rounds
from playground.pages.compare.request import (
    NEW_TOKENS,
    number_of,
    object_of,
    prompt_ids,
    seed_of,
    text_of,
    whole_of,
)
from playground.pages.compare.rescoring import common_beginning, judged_ids, text_behind
from playground.pages.generate.run import wait_for
from playground.parameters import following_seed

COLUMNS, RUNS, BEAMS, BATCH = 6, 10, limits().max_beams, 64
FRAME_SECONDS = 0.08
MEASURES = ("distinct1", "distinct2", "distinct3", "self_bleu", "perplexity", "repetition")


@dataclass(frozen=True)
class Column:
    """One way of choosing. beams > 0: beam search, and the sampling rules do nothing. name: what
    tells it from the others."""

    name: str
    settings: DecodingSettings
    beams: int = 0
    length_penalty: float = 1.0

    @property
    def deterministic(self) -> bool:
        return self.beams > 0 or self.settings.greedy

    def record(self) -> dict:
        return {
            "name": self.name,
            "settings": self.settings.to_dict(),
            "beams": self.beams,
            "length_penalty": self.length_penalty,
            "deterministic": self.deterministic,
        }


@dataclass(frozen=True)
class Comparison:
    model: str
    scorer: str
    prompt: str
    columns: tuple[Column, ...]
    runs: int
    tokens: int
    seed: int

    @classmethod
    def read(cls, raw: Any) -> Comparison:
        """From {"model", "scorer" ("" = the model itself), "prompt", "columns": [{...}], "runs",
        "tokens", "seed"}."""
        raw = object_of(raw)
        tokens = whole_of(raw.get("tokens", 40), "tokens", 1, NEW_TOKENS)
        seed = seed_of(raw.get("seed"))
        given = raw.get("columns")
        if not isinstance(given, list) or not 1 <= len(given) <= COLUMNS:
            raise ValueError(
                f"columns must be a list of 1 to {COLUMNS} columns, got "
                f"{len(given) if isinstance(given, list) else type(given).__name__}"
            )
        columns = tuple(column_of(one, place, tokens, seed) for place, one in enumerate(given))
        model = text_of(raw.get("model"), "model", 200)
        return cls(
            model,
            text_of(raw.get("scorer") or model, "scorer", 200),
            text_of(raw.get("prompt"), "prompt"),
            columns,
            whole_of(raw.get("runs", 1), "runs", 1, RUNS),
            tokens,
            seed,
        )


def column_of(raw: Any, place: int, tokens: int, seed: int) -> Column:
    """{"kind": "greedy" | "sampling" | "beam", rules by name, "beams", "length_penalty"} ->
    Column."""
    raw = dict(object_of(raw, f"columns[{place}]"))
    kind = raw.pop("kind", "sampling")
    if kind not in ("greedy", "sampling", "beam"):
        raise ValueError(
            t(
                "columns[{place}].kind must be one of greedy, sampling, beam, got {got}",
                place=str(place),
                got=repr(str(kind)[:40]),
            )
        )
    beams = whole_of(raw.pop("beams", 4), f"columns[{place}].beams", 1, BEAMS)
    length_penalty = number_of(
        raw.pop("length_penalty", 1.0), f"columns[{place}].length_penalty", -5, 5
    )
    raw.pop("name", None)
    try:
        settings = DecodingSettings.from_dict(
            {**raw, "max_new_tokens": tokens, "seed": seed, "do_sample": kind == "sampling"}
        )
    except ValueError as error:
        raise ValueError(f"columns[{place}]: {error}") from None
    beams = beams if kind == "beam" else 0
    return Column(name_of(settings, beams, length_penalty), settings, beams, length_penalty)


def name_of(settings: DecodingSettings, beams: int = 0, length_penalty: float = 1.0) -> str:
    """What the column does, in its rules' own order: "T 0.8, top-p 0.9"."""
    first = (
        [f"beam {beams}" + (f", length penalty {length_penalty:g}" if length_penalty != 1 else "")]
        if beams
        else ["greedy"]
        if settings.greedy
        else []
    )
    rules = [
        f"{'T' if rule == 'temperature' else RULES[rule].label} "
        f"{getattr(settings, RULES[rule].switched_by.name):g}"
        for rule in settings.rules_on()
        if not (settings.greedy and rule == "temperature")
    ]
    return ", ".join(first + rules) or "sampling"


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """`compare` for a request of the page."""
    return compare(backend, Comparison.read(raw))


def compare(backend: Any, wish: Comparison) -> Iterator[dict]:
    """Frames of a comparison: {"columns"}, then {"texts_now", "progress"}, then {"texts", "table"}
    at the end.

    "written" in a frame: tokens since the frame before."""
    yield {
        "columns": [column.record() for column in wish.columns],
        "words": t("Getting the model …"),
        "progress": 0.0,
    }
    for name in dict.fromkeys((wish.model, wish.scorer)):
        for _ in wait_for(backend, name):
            yield {"words": t("Loading {name} …", name=name)}
    first = backend.causal(wish.model)
    together = None
    try:
        prompt = prompt_ids(first, wish.prompt, wish.tokens)
        counts = [1 if column.deterministic else wish.runs for column in wish.columns]
        width = sum(
            max(1, column.beams) * count for column, count in zip(wish.columns, counts, strict=True)
        )
        together = decoding.together.Together(
            [backend.causal(wish.model) for _ in range(min(width, BATCH))]
        )
        # after everything that may fail: a beam search begins to wait for its first logits when it
        # is made
        lanes = [
            [lane_of(first, prompt, column, run) for run in range(count)]
            for column, count in zip(wish.columns, counts, strict=True)
        ]
        flat = [lane for group in lanes for lane in group]
        yield from _write(first, together, lanes, flat, wish)
        yield {"words": t("Scoring the texts …")}
        yield finished(backend, first, wish, lanes, prompt)
    finally:
        first.close()
        if together is not None:
            together.close()


def lane_of(model: Any, prompt: list[int], column: Column, run: int) -> Any:
    settings = column.settings.with_changes(seed=following_seed(column.settings.seed, run))
    return (
        BeamLane(model, prompt, settings, column.beams, column.length_penalty)
        if column.beams
        else SampledLane(model, prompt, settings)
    )


def _write(model: Any, together: Any, lanes: list, flat: list, wish: Comparison) -> Iterator[dict]:
    begun = sent = time.perf_counter()
    stream, fresh = rounds(together, flat), 0
    try:
        for number, grown in enumerate(stream, 1):
            now, fresh = time.perf_counter(), fresh + len(grown)
            if now - sent >= FRAME_SECONDS:
                sent, written, fresh = now, fresh, 0
                yield {
                    "written": written,
                    "texts_now": [model.decode(group[0].ids) for group in lanes],
                    "progress": min(0.95, 0.95 * number / wish.tokens),
                    "words": t(
                        "Writing: {count} texts in one batch, token {number} of at most {tokens}, "
                        "{value} s",
                        count=len(flat),
                        number=number,
                        tokens=wish.tokens,
                        value=f"{now - begun:.1f}",
                    ),
                }
        yield {"written": fresh}
    finally:
        stream.close()


def finished(backend: Any, model: Any, wish: Comparison, lanes: list, prompt: list[int]) -> dict:
    """The last frame: every text, and the table. The same request gives the same table, whatever
    else the machine does."""
    ids = [[lane.ids for lane in group] for group in lanes]
    texts = [[model.decode(one) for one in group] for group in ids]
    scorer = model if wish.scorer == wish.model else backend.causal(wish.scorer)
    try:
        scores = [
            [surprise(model, scorer, lane, wish.prompt, prompt) for lane in group]
            for group in lanes
        ]
    finally:
        if scorer is not model:
            scorer.close()
    table = [
        row_of(column, group, words, score, wish.runs)
        for column, group, words, score in zip(wish.columns, ids, texts, scores, strict=True)
    ]
    return {
        "texts": texts,
        "aligned": [
            aligned(model, [group[min(run, len(group) - 1)] for group in ids])
            for run in range(wish.runs)
        ],
        "table": table,
        "progress": 1.0,
        "words": "",
        "done": True,
        "scorer": wish.scorer,
        "runs": wish.runs,
        "tokens": wish.tokens,
        "seed": wish.seed,
        "model": wish.model,
        "prompt": wish.prompt,
    }


def aligned(model: Any, ids: list[list[int]]) -> dict:
    """One text a column, cut at the first token that differs: {"common", "tokens" (that are
    common), "rests": [text]}."""
    texts, count = [model.decode(one) for one in ids], common_beginning(ids) if len(ids) > 1 else 0
    # a character of several tokens is shown where all of it is there
    while count and not all(text.startswith(model.decode(ids[0][:count])) for text in texts):
        count -= 1
    common = model.decode(ids[0][:count]) if count else ""
    return {"common": common, "tokens": count, "rests": [text[len(common) :] for text in texts]}


def surprise(writer: Any, scorer: Any, lane: Any, prompt: str, ids: list[int]) -> tuple[float, int]:
    """(sum of surprisals in nats, tokens scored) of what stands after the prompt (`ids` to the
    writer). Under the writing model: of the very tokens it wrote; under another: of that model's
    tokens for the same text, which holds no mark for its end."""
    if scorer is writer:
        if len(lane.surprisals) == len(lane.ids) and lane.ids:
            return math.fsum(lane.surprisals), len(lane.ids)
        context, written = ids, lane.ids
    else:
        context, written = judged_ids(scorer, prompt, text_behind(writer, prompt, ids, lane.ids))
    if not written:
        return 0.0, 0

    parts = [
        token["surprisal"] for token in decoding.scoring.score_tokens(scorer, [*context, *written])
    ][len(context) :]
    return (math.inf if None in parts else math.fsum(parts)), len(parts)


def rounded(perplexity: float) -> float:
    """Five significant digits: those behind them depend on whose requests shared a batch, for
    32-bit sums are taken in another order there."""
    return float(f"{perplexity:.5g}")


def row_of(
    column: Column,
    ids: list[list[int]],
    texts: list[str],
    scores: list[tuple[float, int]],
    runs: int,
) -> dict:
    """One row of the table. Measures are [value, low, high] (95%, jackknife over runs) or null
    where there is nothing to measure.

    A deterministic column has one text, which stands for all its runs; its intervals have no
    width."""
    same = column.deterministic and runs > 1
    many = texts * runs if same else texts

    def measured(
        statistic: Any, items: list, least: int = 1, highest: float | None = 1.0
    ) -> list | None:
        if len(items) < least:
            return None
        value = float(statistic(items))
        if not math.isfinite(value):
            return None
        if highest is None:
            value = rounded(value)
        if column.deterministic:
            return [value, value, value]
        if len(items) <= max(least, 1):
            return [value, None, None]
        # on a perplexity's own scale, the logarithm; shares end at 0 and 1
        if highest is None:
            low, high = jackknife_interval(items, lambda some: math.log(statistic(some)))
            return [value, rounded(math.exp(min(low, 700))), rounded(math.exp(min(high, 700)))]
        low, high = jackknife_interval(items, statistic)
        return [value, max(0.0, low), min(highest, high)]

    def pooled(parts: list[tuple[float, int]]) -> float:
        tokens = sum(count for _, count in parts)
        return math.exp(math.fsum(total for total, _ in parts) / tokens) if tokens else math.inf

    loops = [decoding.find_loop(one) for one in ids]
    found, of = sum(loop is not None for loop in loops), len(ids)
    return {
        "name": column.name,
        "runs": runs,
        "texts": len(texts),
        "deterministic": column.deterministic,
        "tokens": statistics.fmean(len(one) for one in ids),
        "distinct1": measured(lambda some: distinct_n(some, 1), many),
        "distinct2": measured(lambda some: distinct_n(some, 2), many),
        "distinct3": measured(lambda some: distinct_n(some, 3), many),
        "self_bleu": measured(self_bleu, many, 2, 100.0),
        "perplexity": measured(pooled, scores, 1, None),
        "repetition": measured(
            lambda some: statistics.fmean(repetition_rate(one) for one in some), ids
        ),
        "loops": [found, of, *wilson_interval(found, of)],
        "periods": [
            None if loop is None else {"period": loop.period, "start": loop.start} for loop in loops
        ],
    }
