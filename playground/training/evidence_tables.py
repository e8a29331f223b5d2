"""The figures of the card of an evidence network as text: bounds, goals, texts, control."""

from __future__ import annotations

import math
from typing import Any

GOALS = {"gaussian": 4.6, "uniform": 4.2, "masks": 3.8}  # nats a piece
SUCCESS, FLUENCY = 0.9, 0.8  # of control: least share of texts, most nats a piece more
NOISES = {
    "left-to-right": "none: fairy-causal, left to right, exact",
    "any-order": "masks, fairy-diffusion: the any-order bound",
    "masks": "masks",
    "groups": "groups of words, then words",
    "uniform": "uniform noise, 200 steps",
    "gaussian": "Gaussian noise",
}
TASKS = {
    "words": "semantic content: the text contains one of {words}",
    "parts": "parts of speech: each place takes a word of its part's list",
    "length": "length: one sentence ends at the last place, none before",
    "infilling": "infilling: beginning and end are given",
}
NOT_RUN = (
    "syntax tree: the text has a given tree",
    "syntax span: given places are a phrase of a given kind",
)
NO_PARSER = "does not run: no parser is shipped to judge it"


def figures_of(report: dict[str, Any]) -> str:
    """The sections of figures; one sentence where nothing was measured."""
    if not report:
        return "## Figures\n\nThese weights have not been measured yet."
    parts = [
        bounds_table(report),
        goals(report["noises"]),
        texts_table(report.get("samplers", [])),
        control_table(report.get("control")),
    ]
    return "\n\n".join(part for part in parts if part)


def bounds_table(report: dict[str, Any]) -> str:
    """What each noise costs, cheapest first."""
    lines = [
        "## What each noise costs",
        "",
        f"Held-out text, {report['windows']} windows of {report['length']} pieces, "
        f"{report['draws']} levels of noise each; nats a piece ± standard error. All but left "
        "to right are upper bounds. Difference: to fairy-diffusion on the same windows.",
        "",
        "| noise | nats a piece | as among | difference |",
        "| --- | --- | --- | --- |",
    ]
    for row in report["noises"]:
        title = NOISES[row["noise"]]
        apart = "difference" in row
        difference = f"{row['difference']:+.2f} ± {row['difference_error']:.2f}" if apart else ""
        lines.append(
            f"| {title} | {row['nats']:.2f} ± {row['error']:.2f} | {math.exp(row['nats']):.0f} "
            f"| {difference} |"
        )
    return "\n".join(lines)


def goals(rows: list[dict[str, Any]]) -> str:
    """One sentence: which goals are met, and by how much the others are missed."""
    found = {row["noise"]: row["nats"] for row in rows}
    said = []
    for noise, goal in GOALS.items():
        missed = found[noise] - goal
        said.append(f"{noise} {goal:.1f} ({'met' if missed <= 0 else f'missed by {missed:.2f}'})")
    return "Goals, nats a piece: " + ", ".join(said) + "."


def texts_table(rows: list[dict[str, Any]]) -> str:
    """How texts of each sampler read under fairy-causal."""
    if not rows:
        return ""
    lines = [
        "## Texts",
        "",
        f"{rows[0]['texts']} texts of {rows[0]['length']} pieces each; nats a piece under "
        "fairy-causal (lower reads better, but repetition lowers it too), share of different "
        "pieces, seconds of a text when all are written together.",
        "",
        "| sampler | prompt | nats | distinct | seconds | the first text |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        prompt = "yes" if row["prompt"] else "no"
        lines.append(
            f"| {row['title']} | {prompt} | {_with_error(row)} | {row['distinct']:.2f} "
            f"| {row['seconds']:.1f} | {row['text']} |"
        )
    return "\n".join(lines)


def control_table(control: dict[str, Any] | None) -> str:
    """Success and fluency of each task, with the wish and without."""
    if not control:
        return ""
    lines = [
        "## Control (Diffusion-LM, arXiv 2205.14217)",
        "",
        f'{control["texts"]} texts of each, {control["steps"]} steps, after "{control["prompt"]}"; '
        "success: share of texts that meet the wish; nats under fairy-causal from the first "
        "written piece on. Words are wished for by gradient; the other wishes are evidence, which "
        "every text meets.",
        "",
        "| task | success | without the wish | nats | without | distinct | without |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in control["tasks"]:
        title = TASKS[row["task"]].format(words=", ".join(control["words"]))
        mine, free = row["with"], row["without"]
        lines.append(
            f"| {title} | {mine['success']:.2f} | {free['success']:.2f} | {_with_error(mine)} "
            f"| {_with_error(free)} | {mine['distinct']:.2f} | {free['distinct']:.2f} |"
        )
    lines += [f"| {title} | {NO_PARSER} | | | | | |" for title in NOT_RUN]
    words = control["tasks"][0]
    more = words["with"]["nats"] - words["without"]["nats"]
    met = words["with"]["success"] >= SUCCESS and more <= FLUENCY
    lines += [
        "",
        f"Goal of the first task: success {SUCCESS} at {FLUENCY:+.1f} nats at most; measured "
        f"{words['with']['success']:.2f} at {more:+.2f}, {'met' if met else 'missed'}.",
    ]
    return "\n".join(lines)


def _with_error(row: dict[str, Any]) -> str:
    error = row["error"]
    return f"{row['nats']:.2f}" + (f" ± {error:.2f}" if error is not None else "")
