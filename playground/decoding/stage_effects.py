"""What each stage did to a distribution: how much it removed, how far it moved the rest, which rule
binds; and the sentence about it."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.decoding.distribution import Candidates
from playground.decoding.stages import Stage

# A stage that moves less probability than float32 rounds away has no effect that could be shown.
_NO_EFFECT = 1e-6


def stage_facts(stages: list[Stage]) -> list[dict[str, Any]]:
    """For each stage: survivors, how many and how much mass it removed, total variation to the
    distribution before it."""
    facts = []
    before: Candidates | None = None
    for stage in stages:
        now = stage.candidates
        removed_mass = distance = 0.0
        if before is not None and before is not now:
            removed_mass, distance = _change(before, now)
        removed = (now.vocab_size if before is None else before.count) - now.count
        facts.append(
            {
                "name": stage.name,
                "kept": now.count,
                "removed": removed,
                "removed_mass": removed_mass,
                "total_variation": distance,
                "effect": bool(removed > 0 or distance > _NO_EFFECT),
                "state": stage.state,
            }
        )
        before = now
    return facts


def _change(before: Candidates, now: Candidates) -> tuple[float, float]:
    """(mass removed, total variation) between two successive distributions."""
    old = before.probabilities
    if now.ids is not None and now.ids is not before.ids:  # compact: the kept share out the rest
        kept = now.ids if before.ids is None else np.searchsorted(before.ids, now.ids)
        gone = old.copy()
        gone[kept] = 0.0
        mass = float(gone.sum(dtype=np.float64)) / before.total
        return mass, mass
    mass = 0.0
    if now.count != before.count:
        mass = float(old[~(now.values > -np.inf)].sum(dtype=np.float64)) / before.total
    difference = old * np.float32(1 / before.total)
    difference -= now.probabilities * np.float32(1 / now.total)
    return mass, 0.5 * float(np.abs(difference, out=difference).sum(dtype=np.float64))


def binding_rule(stages: list[dict[str, Any]]) -> str | None:
    """Name of the rule that removes the most probability, the first among equals; None if no rule
    removes any."""
    rules = [
        stage
        for stage in stages
        if stage["name"] not in ("logits", "draw") and stage["removed_mass"] > 0
    ]
    return max(rules, key=lambda stage: stage["removed_mass"])["name"] if rules else None


def binding_sentence(record: dict[str, Any]) -> str:
    """One sentence of a record: which rule binds, and which rules have no effect at this step."""
    rules = [stage for stage in record["stages"] if stage["name"] not in ("logits", "draw")]
    idle = [stage["name"] for stage in rules if not stage["effect"]]
    idle_part = (
        f"{_listed(idle)} {'has' if len(idle) == 1 else 'have'} no effect at this step"
        if idle
        else ""
    )
    if record["binding"]:
        bound = next(stage for stage in rules if stage["name"] == record["binding"])
        tokens = "1 token" if bound["removed"] == 1 else f"{bound['removed']:,} tokens"
        sentence = f"{bound['name']} binds: it removes {tokens} and {_percent(bound['removed_mass'])} of the probability"
        return f"{sentence}; {idle_part}." if idle else f"{sentence}."
    if not rules:
        return "No rule acts: the network's own distribution decides."
    return (
        f"No rule removes a token; {idle_part}."
        if idle
        else "No rule removes a token; the probabilities only shift."
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _percent(share: float) -> str:
    if 0 < share < 0.0005:
        return "less than 0.1%"
    return f"{100 * share:.1f}%"
