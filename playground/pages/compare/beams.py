"""Beam search as it grows and is pruned, and beside it the choice of minimum Bayes risk among
samples."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from playground import decoding
from playground.backend.limits import limits
from playground.decoding.settings import DecodingSettings
from playground.i18n import t
from playground.metrics import expected_utilities, minimum_bayes_risk
from playground.pages.compare.batch_writers import SampledLane, rounds
from playground.pages.compare.request import (
    choice_of,
    number_of,
    object_of,
    prompt_ids,
    seed_of,
    text_of,
    whole_of,
)
from playground.pages.generate.run import labels, wait_for
from playground.parameters import following_seed

TOKENS, BEAMS, SAMPLES = 60, limits().max_beams, 16
UTILITIES = ("bleu", "rougeL", "rouge1", "rouge2")


def run(backend: Any, raw: Any) -> Iterator[dict]:
    """Frames: {"nodes", "fates"} for each round, {"results", "finish"}, then {"samples", "chosen"}
    and done.

    raw: {"model", "prompt", "beams", "tokens", "length_penalty", "samples" (0: none),
        "temperature", "top_p", "utility", "seed"}."""
    raw = object_of(raw)
    name, prompt = text_of(raw.get("model"), "model", 200), text_of(raw.get("prompt"), "prompt")
    beams, tokens = (
        whole_of(raw.get("beams", 4), "beams", 1, BEAMS),
        whole_of(raw.get("tokens", 16), "tokens", 1, TOKENS),
    )
    penalty = number_of(raw.get("length_penalty", 1.0), "length_penalty", -5, 5)
    count = whole_of(raw.get("samples", 8), "samples", 0, SAMPLES)
    utility = choice_of(raw.get("utility", "bleu"), "utility", UTILITIES)
    seed = seed_of(raw.get("seed"))
    rules = DecodingSettings(
        max_new_tokens=tokens,
        temperature=number_of(raw.get("temperature", 1.0), "temperature", 0, 5),
        top_p=number_of(raw.get("top_p", 1.0), "top_p", 0, 1),
        seed=seed,
    )
    yield {"words": t("Getting the model …"), "progress": 0.0}
    for _ in wait_for(backend, name):
        yield {"words": t("Loading {name} …", name=name)}
    model = backend.causal(name)
    together = decoding.together.Together(
        [backend.causal(name) for _ in range(max(beams, count, 1))]
    )
    try:
        ids = prompt_ids(model, prompt, tokens)
        yield {
            "begin": {"beams": beams, "length_penalty": penalty, "prompt": prompt, "model": name}
        }
        share = 0.5 if count else 1.0
        result = None
        for frame in search(model, together, ids, beams, tokens, penalty):
            if "result" in frame:
                result = frame["result"]
                yield {
                    "results": results(model, result),
                    "finish": result.finish,
                    "fates": fates(result.tree),
                }
            else:
                yield {
                    **frame,
                    "progress": share * frame["round"] / tokens,
                    "words": t(
                        "Searching: round {round} of at most {tokens}",
                        round=frame["round"],
                        tokens=tokens,
                    ),
                }
        if count:
            yield from sample(model, together, ids, rules, count, utility, share)
        yield {"done": True, "progress": 1.0, "words": ""}
    finally:
        model.close()
        together.close()


def search(
    model: Any, together: Any, ids: list[int], beams: int, tokens: int, penalty: float
) -> Iterator[dict]:
    """{"round", "nodes": new ones} after each round, {"result": BeamResult} last."""
    label = labels(model)
    for number, state in enumerate(
        decoding.search.beam_rounds(together, ids, beams, tokens, penalty), 1
    ):
        if isinstance(state, decoding.search.BeamTree):
            yield {
                "written": 1,
                "round": number,
                "nodes": [node_of(state, node, label) for node in state.rounds[-1]],
            }
        else:
            yield {"result": state}


def node_of(tree: decoding.search.BeamTree, place: int, label: Any) -> dict:
    node = tree.nodes[place]
    return {
        "id": node.id,
        "parent": node.parent,
        "step": node.step,
        "text": label(node.token_id),
        "log_probability": _finite(node.log_probability),
        "score": node.score,
        "normalised": node.normalised,
        "fate": node.fate,
    }


def fates(tree: decoding.search.BeamTree) -> dict[str, str]:
    """What became of the nodes that are no longer what they were called in their own round."""
    return {
        str(node.id): node.fate
        for node in tree.nodes
        if node.fate in ("result", "discarded", "finished")
    }


def results(model: Any, result: Any) -> list[dict]:
    """The texts, best first: score = log P / length^penalty, both factors beside it."""
    rows = []
    ends = {
        tuple(result.tree.path(node.id)): node
        for node in result.tree.nodes
        if node.fate == "result"
    }
    for ids, score in result:
        node = ends[tuple(ids)]
        rows.append(
            {
                "text": model.decode(ids),
                "score": score,
                "log_probability": node.score,
                "length": len(ids),
                "node": node.id,
            }
        )
    return rows


def sample(
    model: Any,
    together: Any,
    ids: list[int],
    rules: DecodingSettings,
    count: int,
    utility: str,
    share: float,
) -> Iterator[dict]:
    """Independent samples; the last frame has their mean utilities against each other, and which
    one is chosen."""
    lanes = [
        SampledLane(model, ids, rules.with_changes(seed=following_seed(rules.seed, number)))
        for number in range(count)
    ]
    fresh = 0
    for number, grown in enumerate(rounds(together, lanes), 1):
        fresh += len(grown)
        if number % 4 == 0:
            written, fresh = fresh, 0
            yield {
                "written": written,
                "words": t(
                    "Sampling {count} texts: token {number} of at most {most}",
                    count=count,
                    number=number,
                    most=rules.max_new_tokens,
                ),
                "progress": share + (0.98 - share) * number / rules.max_new_tokens,
            }
    texts = [model.decode(lane.ids) for lane in lanes]
    values = expected_utilities(texts, utility)
    yield {
        "written": fresh,
        "samples": [
            {
                "text": text,
                "utility": value,
                "log_probability": _finite(-math.fsum(lane.surprisals)),
                "length": len(lane.ids),
            }
            for text, value, lane in zip(texts, values, lanes, strict=True)
        ],
        "chosen": minimum_bayes_risk(texts, utility),
        "utility": utility,
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
