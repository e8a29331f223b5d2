"""Unmasking runs as messages for the page: one frame a yield, plain data; and the same run whole,
as a trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playground import diffusion
from playground.backend.catalog import EVIDENCE
from playground.diffusion.moving import backdrop
from playground.diffusion.samplers import rule_for
from playground.diffusion.samplers.coarse_to_fine import words_by_group
from playground.i18n import t
from playground.pages import run
from playground.pages.answer_size import Size
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import Canvas, Lexicon
from playground.pages.diffusion.sampler_cards import (
    NEEDS_POSTERIOR,
    NEEDS_VERIFIER,
    PRICES,
    SPECULATIVE,
    TITLES,
    WITHOUT_STEPS,
    card,
)
from playground.traces import new_trace

TOP = 10  # candidates a position
IN_GROUP = 3  # words that show what a group is
LONGEST_GIBBS = 2000  # steps: sweeps times open positions


@dataclass
class Side:
    """One of the runs on view: a denoiser, a canvas, and the settings
    (playground.diffusion.UnmaskSettings)."""

    model: str
    denoiser: Any
    canvas: Canvas
    settings: Any
    note: str = ""
    still: bool = False  # one of two whose canvas has nothing to fill: it is shown as it stands

    def __post_init__(self) -> None:
        self.lexicon = Lexicon(self.denoiser)
        self._kin: tuple[Any, Any] | None = None  # groups of words, asked for once
        needs = self.settings.sampler in NEEDS_POSTERIOR
        if needs and not hasattr(self.denoiser, "posterior"):
            raise ValueError(noise_refusal(self.model, self.settings.sampler))
        if self.settings.sampler in NEEDS_VERIFIER:
            rule_for(self.settings).refuse_denoiser(self.denoiser)
        if (
            not self.still
            and self.settings.sampler != "gibbs"
            and int(self.denoiser.mask_id) not in self.canvas.ids
            and all(self.canvas.locked)
        ):
            raise ValueError(
                "canvas must have a [MASK] to fill, got none: write [MASK]*8 where text is to come"
            )

        sweeps = self.settings.steps + self.settings.burn_in
        if (
            self.settings.sampler == "gibbs"
            and sweeps * (len(self.canvas.ids) - sum(self.canvas.locked)) > LONGEST_GIBBS
        ):
            raise ValueError(
                "steps must be at most "
                f"{LONGEST_GIBBS // max(1, len(self.canvas.ids) - sum(self.canvas.locked))} "
                "sweeps for so many open positions (a step redraws one of them, "
                f"{LONGEST_GIBBS:,} in all), got {sweeps}"
            )

    @property
    def title(self) -> str:
        s = self.settings
        if self.still:
            return f"{TITLES[s.sampler].split(':')[0]}, as it stands"
        unit = ("sweep" if s.sampler == "gibbs" else "step") + ("" if s.steps == 1 else "s")
        steps = "" if s.sampler in WITHOUT_STEPS else f", {s.steps} {unit}"
        if s.sampler in SPECULATIVE:
            steps = f", window of {s.steps}"
        return f"{TITLES[s.sampler].split(':')[0]}{steps}, seed {s.seed}"

    def card(self) -> dict:
        """How the side starts: what the player needs before the first step."""
        mask = int(self.denoiser.mask_id)
        whole = self.canvas.ids
        ids = list(whole[self.canvas.seen])
        locked = self.canvas.locked[self.canvas.seen]
        special = len(getattr(self.denoiser, "special_ids", ()) or ())
        s = self.settings
        return {
            "model": self.model,
            "title": self.title,
            "prompt": self.canvas.prompt,
            "settings": s.record(),
            "mask_id": mask,
            "vocab_size": int(self.denoiser.vocab_size) - (mask < int(self.denoiser.vocab_size)),
            "special": special,
            "family": self.lexicon.family,
            "canvas": ids,
            # what the model puts around every text, [CLS] and [SEP]: out of sight, but its own
            # passes hold it
            "frame": [
                list(whole[: self.canvas.lead]),
                list(whole[len(whole) - self.canvas.tail :]),
            ],
            "words": self.lexicon.news(ids),
            "texts": self.lexicon.spelled(ids),
            "state": [
                "locked" if lock else "masked" if i == mask else "settled"
                for i, lock in zip(ids, locked, strict=True)
            ],
            "expected": 0
            if self.still or s.sampler in (*WITHOUT_STEPS, *SPECULATIVE, "gibbs")
            else s.steps + 1,
            "about": card(s),
            "noise": rule_for(s).noise,
            # going on from an edited canvas, it draws every word that is not kept
            "redraws": rule_for(s).needs_posterior,
            **({"plane": backdrop(self.denoiser)} if rule_for(s).noise == "gaussian" else {}),
            "note": self.note,
            **({"price": PRICES[s.sampler]} if PRICES[s.sampler] != 1 else {}),
        }

    def steps(self) -> Iterator[Any]:
        if self.still:
            return iter(())
        return diffusion.unmask(
            self.denoiser, [list(self.canvas.ids)], self.settings, locked=[list(self.canvas.locked)]
        )

    def frame(self, step: Any, top: int = TOP) -> tuple[dict, dict]:
        """(record of the step without what surrounds the text, words not sent before)."""
        record = step.record(0, None, top)
        for name in ("canvas", "state", "confidence", "entropy", "top", "change"):
            record[name] = record[name][self.canvas.seen]
        for name in ("confidence", "entropy", "change"):
            record[name] = [None if v is None else round(v, 6) for v in record[name]]
        record["top"] = [
            None if row is None else [[int(i), _rounded(p)] for i, p in row]
            for row in record["top"]
        ]
        ids = {i for row in record["top"] if row for i, _ in row} | set(record["canvas"])
        if "drafts" in record:
            ids |= self._drafts(record)
        if "vectors" in record:
            ids |= self._vectors(record["vectors"])
        if "grouped" in record["state"]:
            ids |= self._groups(record)
        texts = self.lexicon.spelled(record["canvas"])
        if texts:
            record["texts"] = texts
        return record, self.lexicon.news(ids)

    def _vectors(self, vectors: dict) -> set[int]:
        """The vectors of what the visitor sees; returns the ids that they speak of."""
        for name in vectors.keys() - {"words"}:
            vectors[name] = vectors[name][self.canvas.seen]
        return {int(word) for word in vectors["words"]}

    def _groups(self, record: dict) -> set[int]:
        """Adds the commonest words of each group that stands in the canvas: "groups", by the word
        that stands for it; returns their ids."""
        if self._kin is None:
            groups, order = words_by_group(self.denoiser)
            self._kin = groups, order
        groups, order = self._kin
        record["groups"] = {
            str(word): [int(i) for i in order[groups[order] == groups[word]][:IN_GROUP]]
            for word, state in zip(record["canvas"], record["state"], strict=True)
            if state == "grouped"
        }
        return {word for kin in record["groups"].values() for word in kin}

    def _drafts(self, record: dict) -> set[int]:
        """The drafts of a pass counted from what the visitor sees, rounded; returns their ids."""
        refused = record["refused"]
        ids = {draft["draft"] for draft in record["drafts"]}
        for one in (*record["drafts"], *([refused] if refused else ())):
            one["place"] -= self.canvas.lead
            one.update({name: _rounded(one[name]) for name in ("p", "q")})
        if refused:
            refused["mass"] = _rounded(refused["mass"])
            refused["left"] = [[i, *map(_rounded, rest)] for i, *rest in refused["left"]]
            ids |= {refused["replacement"], *(entry[0] for entry in refused["left"])}
        return ids


def noise_refusal(model: str, sampler: str) -> str:
    """Why a sampler that asks for probabilities under noise cannot run with a model: a sentence."""
    if model == EVIDENCE.id:  # the network itself, which cannot be asked here
        return t(
            "sampler must be one for masks with the model {model} on this server: {sampler} needs "
            "probabilities under noise, and its engines, which run apart, answer for masks alone; "
            "the exact models give them",
            model=model,
            sampler=sampler,
        )
    readers = models.noise_readers()
    if readers:
        return t(
            "sampler must be one for masks with the model {model}: {sampler} needs probabilities "
            "under noise, which {readers} and the exact models give",
            model=repr(model),
            sampler=sampler,
            readers=", ".join(readers),
        )
    return t(
        "sampler must be one for masks with the model {model}: {sampler} needs the exact "
        "probabilities under noise, which only the exact models give",
        model=repr(model),
        sampler=sampler,
    )


def _rounded(p: float | None) -> float | None:
    return None if p is None else round(p, 6) if p > 1e-4 else float(f"{p:.4g}")


def stream(
    sides: list[Side],
    seconds: float = 600.0,
    on: bool = False,
    clock: Callable[[], float] = time.perf_counter,
    link: dict | None = None,
    at: int | None = None,
    twin: Any = None,
    score: Callable[[str, str], float | None] | None = None,
) -> Iterator[run.Message]:
    """What a run says (playground/pages/run.py): begin, a frame for each step of each side in turn,
    end.

    Frames are {"side", "step", "words"}, and {"twin": text} for each word of the left-to-right
    twin, one after each round of steps; last {"scores": perplexity of each side's text or None},
    where `score(model, text)` is given.
    `link`: the fields of the link that gives this run again; `at`: the step on view when it has
    ended. Ends by itself after `seconds`."""
    yield run.begin(
        sides=[side.card() for side in sides],
        what=what_runs(sides),
        on=on,
        link=link,
        at=at,
        twin=twin.card() if twin is not None else None,
    )
    begun = clock()
    alive: list[tuple[int, Side, Iterator[Any]]] = [
        (number, side, side.steps()) for number, side in enumerate(sides)
    ]
    finals: dict[int, list[int]] = {}
    texts: Iterator[str] = iter(twin if twin is not None else ())
    writing = True
    while alive or writing:
        for entry in list(alive):
            number, side, steps = entry
            step = next(steps, None)
            if step is None:
                alive.remove(entry)
                continue
            record, words = side.frame(step)
            finals[number] = record["canvas"]
            yield run.frame({"side": number, "step": record, "words": words})
            if clock() - begun > seconds:
                yield run.end("limit", seconds=seconds)
                return
        text = next(texts, None)
        writing = text is not None
        if writing:
            yield run.frame({"twin": text})
    if score is not None and finals:
        scores = [
            score(side.model, side.denoiser.decode(finals[n])) if n in finals else None
            for n, side in enumerate(sides)
        ]
        yield run.frame({"scores": scores})
    yield run.end("done", seconds=round(clock() - begun, 1))


def what_runs(sides: list[Side]) -> str:
    if len(sides) == 1:
        side = sides[0]
        return " · ".join(
            filter(
                None,
                [side.model, side.title, f"temperature {side.settings.temperature:g}", side.note],
            )
        )
    if sides[0].note.startswith("run on"):
        return f"{sides[0].model} · two runs, each from its own canvas · {sides[0].note}"
    return f"{sides[0].model} · two runs on one canvas, step by step; whoever has fewer steps waits at the end"


def trace_of(items: Iterator[int | dict]) -> dict:
    """The trace that `whole_trace` ends with."""
    *_, trace = items
    assert isinstance(trace, dict)
    return trace


def whole_trace(
    side: Side,
    top: int = TOP,
    seconds: float = 600.0,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[int | dict]:
    """1 for each step, then the run as one trace: {"version", "kind": "unmask", ..., "start": card,
    "steps": [records]}; `text` is its last text.

    Raises ValueError where the run takes longer than `seconds`, or has more to say than an answer
    may hold."""
    begun = clock()
    start = side.card()
    words = dict(start["words"])
    steps = []
    size = Size("top", top, start["expected"] or side.settings.steps)
    final: list[int] = list(side.canvas.ids)
    for step in side.steps():
        record, news = side.frame(step, top)
        words.update(news)
        size.add(record)
        steps.append(record)
        final = step.canvas[0].tolist()
        if clock() - begun > seconds:
            raise ValueError(
                f"steps must be few enough for {seconds:g} seconds here, got "
                f"{side.settings.steps}: step {step.index + 1} was still running"
            )
        yield 1
    start["words"] = words
    text = side.denoiser.decode(
        [i for i in final[side.canvas.seen] if i != int(side.denoiser.mask_id)]
    )
    yield new_trace(
        "unmask",
        side.model,
        side.settings.record(),
        side.canvas.prompt,
        steps,
        start=start,
        text=text,
    )
