"""What the page says of the trained verifier at equal cost: its shipped report.json, in sentences.

The report is written by `playground.training.verifier_report`. Where none is shipped, nothing is
said."""

from __future__ import annotations

import json
from typing import Any

from playground.backend.catalog import verifier_folder
from playground.i18n import Message, t
from playground.pages.diffusion import models

FEWEST_ERRORS = 2  # a difference of fewer standard errors is none


def report() -> dict[str, Any]:
    """The shipped measurement, {} where there is none or it cannot be read."""
    folder = verifier_folder(models.TWIN)
    try:
        return json.loads((folder / "report.json").read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}


def better(found: dict[str, Any]) -> bool:
    """Whether a text by drafts and checks reads better than MDLM's for at most the same cost."""
    return found["speculative"] is not None and (
        found["difference"] < -FEWEST_ERRORS * found["error"]
    )


def verdict(measured: dict[str, Any] | None = None) -> Message | str:
    """One sentence: at which calls of MDLM it reads better at equal cost, counted in calls and in
    seconds alike; "" unmeasured."""
    compared = (report() if measured is None else measured).get("compared", [])
    wins: dict[int, bool] = {}
    for found in compared:
        wins[found["calls"]] = wins.get(found["calls"], True) and better(found)
    yes, no = (
        _listed(calls for calls, won in wins.items() if won is wanted) for wanted in (True, False)
    )
    if yes and no:
        return t(
            "Measured at equal cost, it reads better than MDLM at {wins} calls, and no better at "
            "{others} calls.",
            wins=yes,
            others=no,
        )
    if yes:
        return t("Measured at equal cost, it reads better than MDLM at {calls} calls.", calls=yes)
    if no:
        return t("Measured at equal cost, it reads no better than MDLM at {calls} calls.", calls=no)
    return ""


def _listed(calls) -> str:
    return ", ".join(map(str, calls))


def figures(measured: dict[str, Any] | None = None) -> list[Message | str]:
    """The verdict, then a sentence of figures for each comparison; [] unmeasured."""
    measured = report() if measured is None else measured
    said = [verdict(measured)]
    for found in measured.get("compared", []):
        cost = t("counted in calls") if found["cost"] == "calls" else t("counted in processor time")
        row, mdlm = found["speculative"], found["mdlm"]
        if row is None:
            said.append(
                t(
                    "At the cost of {calls} calls, {cost}, no text can be finished by drafts and "
                    "checks.",
                    calls=found["calls"],
                    cost=cost,
                )
            )
            continue
        said.append(
            t(
                "At the cost of {calls} calls, {cost}: {nats} ± {error} nats a piece under the "
                "left-to-right twin, {distinct} of the pieces distinct; MDLM {other} ± {spread}, "
                "{different} distinct. {texts} texts of 64 pieces.",
                calls=found["calls"],
                cost=cost,
                nats=f"{row['nats']:.2f}",
                error=f"{row['error']:.2f}",
                distinct=f"{row['distinct']:.0%}",
                other=f"{mdlm['nats']:.2f}",
                spread=f"{mdlm['error']:.2f}",
                different=f"{mdlm['distinct']:.0%}",
                texts=measured["texts"],
            )
        )
    return [sentence for sentence in said if sentence]
