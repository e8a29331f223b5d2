"""Speculative decoding beside plain decoding: the same model and prompt, each with its own clock,
in one run.

Whoever has fewer tokens goes next, so both meet the same load of the machine. The clock of the
drafted text counts the drafter too.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground import decoding
from playground.backend.catalog import offered
from playground.decoding.drafters import (
    BlankDrafter,
    RepeatingDrafter,
    SmallerDrafter,
    SpellingDrafter,
)
from playground.decoding.drafts import Drafted, Drafter, Pass, speculate
from playground.decoding.settings import DRAFTS, PARAMETERS, DecodingSettings
from playground.i18n import t
from playground.pages.compare.links import REPEATING
from playground.pages.compare.race import Side
from playground.pages.compare.request import object_of, prompt_ids, seed_of, text_of, whole_of
from playground.pages.generate.run import labels, wait_for

TOKENS = 120


@dataclass(frozen=True)
class Wish:
    model: str
    drafter: str
    prompt: str
    drafts: int
    settings: DecodingSettings

    @classmethod
    def read(cls, raw: Any) -> Wish:
        """{"model", "drafter", "prompt", "tokens", "drafts", "temperature", "top_p", "seed"}; a bad
        value is a sentence."""
        raw = object_of(raw)
        rules = {name: PARAMETERS[name].check(raw.get(name)) for name in ("temperature", "top_p")}
        return cls(
            text_of(raw.get("model"), "model", 200),
            text_of(raw.get("drafter") or REPEATING, "drafter", 200),
            text_of(raw.get("prompt"), "prompt"),
            DRAFTS.check(raw.get("drafts")),
            DecodingSettings(
                **rules,
                max_new_tokens=whole_of(raw.get("tokens", 48), "tokens", 1, TOKENS),
                seed=seed_of(raw.get("seed")),
            ),
        )


class Timed:
    """A drafter with a clock."""

    def __init__(self, drafter: Drafter, clock: Callable[[], float] = time.perf_counter):
        self.drafter, self.clock, self.seconds = drafter, clock, 0.0

    def draft(self, text: Any, most: int, index: int) -> Drafted:
        begun = self.clock()
        found = self.drafter.draft(text, most, index)
        self.seconds += self.clock() - begun
        return found


def open_drafter(
    backend: Any, model: Any, wish: Wish, prompt_length: int
) -> tuple[Drafter, Any, str]:
    """(drafter, what is to be closed behind it or None, in which way it drafts: "repeats",
    "smaller", "spelling" or "blanks")."""
    if wish.drafter == REPEATING:
        return RepeatingDrafter(model.vocab_size, wish.settings), None, "repeats"
    entry = offered().get(wish.drafter)
    if entry is not None and entry.kind == "denoiser":
        other = backend.denoiser(wish.drafter)
        if not same_tokens(model, other):
            other.close()
            raise ValueError(
                t(
                    "drafter must have the tokens of {model} where it fills blanks, and {drafter} "
                    "has others: take its twin, a left-to-right model, or repeats",
                    model=wish.model,
                    drafter=wish.drafter,
                )
            )
        return BlankDrafter(other, wish.settings), other, "blanks"
    other = backend.causal(wish.drafter)
    if same_tokens(model, other):
        return SmallerDrafter(other, wish.settings, prompt_length), other, "smaller"
    return SpellingDrafter(other, model, wish.settings), other, "spelling"


def same_tokens(one: Any, other: Any) -> bool:
    """Whether each id is the same token in both models."""
    if one.vocab_size != other.vocab_size:
        return False
    mine, theirs = labels(one), labels(other)
    return all(mine(token) == theirs(token) for token in range(one.vocab_size))


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """Frames: {"begin"}, {"plain": {...}} a token and {"pass": {...}} a pass of the target, then
    {"after": the figures} and done."""
    wish = Wish.read(raw)
    yield {"words": t("Getting the models …"), "progress": 0.0}
    for name in dict.fromkeys((wish.model, wish.drafter)):
        if name != REPEATING:
            for _ in wait_for(backend, name):
                yield {"words": t("Loading {name} …", name=name)}
    plain, drafted, other = backend.causal(wish.model), backend.causal(wish.model), None
    try:
        if not hasattr(plain, "logits_along"):
            raise ValueError(t("model must be one that can read several tokens at once"))
        ids = prompt_ids(plain, wish.prompt, wish.settings.max_new_tokens)
        drafter, other, way = open_drafter(backend, drafted, wish, len(ids))
        timed = Timed(drafter)
        timed.draft(ids, 1, 0)  # everybody has read the prompt before the clocks start
        plain.next_logits(ids)
        drafted.next_logits(ids)
        timed.seconds = 0.0
        yield {
            "begin": {
                "prompt": wish.prompt,
                "way": way,
                "drafts": wish.drafts,
                "greedy": wish.settings.greedy,
            },
            "words": "",
        }
        left = Side(decoding.generate(plain, ids, wish.settings, ignore_end=True))
        right = Side(speculate(drafted, ids, timed, wish.settings, wish.drafts, ignore_end=True))
        passes: list[Pass] = []
        yield from side_by_side(left, right, plain, ids, wish.settings.max_new_tokens, passes)
        yield {
            "after": figures(left, right, passes, timed.seconds),
            "done": True,
            "words": "",
            "progress": 1.0,
        }
    finally:
        for model in (plain, drafted, other):
            if model is not None:
                model.close()


def side_by_side(
    left: Side, right: Side, model: Any, prompt: list[int], tokens: int, passes: list[Pass]
) -> Iterator[dict]:
    """Whoever has fewer tokens goes next, plain decoding first. `passes` is filled."""
    streams = [decoding.TextStream(model.decode) for _ in range(2)]
    for stream in streams:
        for token in prompt:
            stream.push(token)
    label = labels(model)
    while not (left.over and right.over):
        ahead = len(left.ids) > len(right.ids)
        side = left if (right.over or not ahead) and not left.over else right
        found = side.step()
        if found is None:
            continue
        side.calls += 1
        new = [found.token_id] if side is left else found.tokens
        side.ids += new
        pieces = [str(streams[side is right].push(token)) for token in new]
        counts = {"seconds": side.seconds, "passes": side.calls, "written": len(side.ids)}
        frame = {"progress": 0.98 * (len(left.ids) + len(right.ids)) / (2 * tokens)}
        if side is left:
            yield {"written": 1, "plain": {"piece": pieces[0], **counts}, **frame}
        else:
            passes.append(found)
            record = {**found.record(label), "pieces": pieces, **counts}
            yield {"written": len(new), "pass": record, **frame}


def figures(left: Side, right: Side, passes: list[Pass], drafting: float) -> dict[str, Any]:
    """What a run came to.

    accepted, judged: drafts.
    overlap: mean of Σ min(p, q) over the judged ones, the expected share of accepted ones.
    drafting: seconds of the drafter, which are in the right side's seconds too.
    ratio: speculative ÷ plain tokens a second.
    """
    judged = [one for found in passes for one in found.drafts if one.accepted is not None]
    speeds = [len(side.ids) / side.seconds if side.seconds > 0 else None for side in (left, right)]
    plain, speculative = speeds
    overlaps = [one.overlap for one in judged if one.overlap is not None]
    return {
        "tokens": [len(left.ids), len(right.ids)],
        "passes": [left.calls, right.calls],
        "tokens_a_pass": len(right.ids) / max(1, right.calls),
        "drafted": sum(len(found.drafts) for found in passes),
        "judged": len(judged),
        "accepted": sum(one.accepted is True for one in judged),
        "overlap": statistics.fmean(overlaps) if overlaps else None,
        "draft_calls": sum(found.calls for found in passes),
        "same_text": left.ids == right.ids,
        "seconds": [left.seconds, right.seconds],
        "drafting": drafting,
        "token_seconds": statistics.median(left.parts) if left.parts else None,
        "pass_seconds": statistics.median(right.parts) if right.parts else None,
        "tokens_per_second": speeds,
        "ratio": speculative / plain if plain is not None and speculative is not None else None,
    }


def speculative_text(backend: Any, raw: Mapping[str, Any]) -> Iterator[dict]:
    """For programs: the frames of `run`, the last one with the whole answer in {"answer": ...}."""
    answer: dict[str, Any] = {"text": "", "plain": "", "passes": []}
    for frame in run(backend, raw):
        if "pass" in frame:
            answer["text"] += "".join(frame["pass"]["pieces"])
            answer["passes"].append(frame["pass"])
        elif "plain" in frame:
            answer["plain"] += frame["plain"]["piece"]
        elif "begin" in frame:
            answer["way"] = frame["begin"]["way"]
        if "after" in frame:
            after = frame["after"]
            frame = {**frame, "answer": {**after, "network_passes": after["passes"], **answer}}
        yield frame
