"""What the tests ask of a real engine; the same questions are recorded and asked of the
recording."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.backend.openai_engine import Completions, Offer
from playground.decoding import DecodingSettings, generate

PROMPT = "Once upon a time there was a little girl who lived"
GREEDY = DecodingSettings(max_new_tokens=12, do_sample=False)
DRAWN = DecodingSettings(max_new_tokens=12, do_sample=True, temperature=0.8, top_p=0.9, seed=7)
CHAT = "Hi"


def ask(engine: Completions, many: Offer) -> dict[str, Any]:
    """{"greedy", "drawn": records; "chat": record of the last step, "finish"; "many": logits with a
    hundred rows; "contexts"}."""
    answers: dict[str, Any] = {"contexts": {}}
    with engine.session() as model:
        ids = model.encode(PROMPT)
        for name, settings in (("greedy", GREEDY), ("drawn", DRAWN)):
            steps = list(generate(model, ids, settings))
            answers[name] = [step.record(model.piece) for step in steps]
            for number in (0, 5, 11):
                if number < len(steps):
                    answers["contexts"][f"{name} {number}"] = (
                        steps[number].context_ids,
                        steps[number].logits.clone(),
                        steps[number]._shown,
                    )
        chat = list(
            generate(
                model,
                model.encode(CHAT, chat=True),
                DecodingSettings(max_new_tokens=24, do_sample=False),
            )
        )
        answers["chat"], answers["finish"] = (
            [step.record(model.piece) for step in chat],
            chat[-1].finish,
        )
        answers["end"] = model.eos_id
    with Completions(many).session() as model:
        answers["many"] = model.next_logits(ids)
    return answers


def compare(answers: dict[str, Any], own: Any) -> list[tuple[str, float, bool]]:
    """(name, total variation, same likeliest token): the engine's rows and rest against a copy of
    the weights on this machine."""
    found = []
    for name, (ids, logits, shown) in answers["contexts"].items():
        ours = torch.softmax(own.next_logits(ids).double(), -1).numpy()
        theirs = np.exp(logits.numpy().astype(np.float64))
        known = np.asarray(shown)
        distance = 0.5 * (
            np.abs(ours[known] - theirs[known]).sum()
            + abs(ours[~known].sum() - theirs[~known].sum())
        )
        found.append((name, float(distance), int(ours.argmax()) == int(theirs.argmax())))
    return found
