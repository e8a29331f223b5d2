"""The format of a lesson: Markdown with a small vocabulary. `read_steps` refuses what it does not
know, with the line and the reason.

    ---
    title: Temperature
    minutes: 5
    ---
    ## Colder
    open: ?tab=generate&temperature=0.5
    figure: bars logits=2,1,.5
    then: temperature=.5
    names: king, queen, sun
    The logits are divided by T. At T = 1 the first holds {{softmax logits=2,1,.5 token=0}}.
    question: Where do the three bars go at T = 0.5?
    predict: drag
    answer: To {{softmax logits=2,1,.5 temperature=.5 token=0}}: the strong get stronger.

The README of assets/lessons says what each line means. A step is read here as text; `lesson.py`
draws its figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playground.i18n import t
from playground.pages.lessons.filled import filled

ONCE = ("open", "figure", "then", "names", "predict", "question", "answer")
MANY = ("words", "then words", "slider")
SPOKEN = ("question", "answer", "names", "words", "then words")
KINDS = ("tap", "drag", "mark", "order", "card", "choice", "number")
MOST_SENTENCES = 3
KEY = re.compile(r"^([a-z]+(?: [a-z]+)?):(?:\s|$)")
CONTROL = re.compile(r"\[\[([^\[\]]+)\]\]")
# A sentence ends in its mark, before a space that no small letter follows ("z. B.", "e.g.");
# Chinese marks need no space.
END = re.compile(
    r"(?<!\s\w)(?<!^\w)[.!?…]+[\"”’»)*]*(?=\s+[^a-zäöüñáéíóú\s]|\s*$)|[。！？]+[”』」）]*"
)


class Refused(ValueError):
    """A file that is no lesson: `line` and the reason, one sentence."""

    def __init__(self, reason: str, line: int = 0):
        super().__init__(reason)
        self.reason, self.line = reason, line

    def within(self, name: str) -> ValueError:
        return ValueError(
            t("{name}, line {line}: {reason}", name=name, line=str(self.line), reason=self.reason)
        )


@dataclass
class Line:
    key: str
    text: str
    number: int


@dataclass
class WrittenStep:
    """A step as it stands in its file, its numbers computed; `lines` says where each key stands
    ("slider 2": the second of that name)."""

    title: str
    line: int
    text: list[str] = field(default_factory=list)
    items: list[tuple[str, bool]] = field(
        default_factory=list
    )  # of a choice or an order; marked (x)
    keys: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def said(self, key: str) -> str:
        return self.keys.get(key, "")

    def refuse(self, reason: str, key: str = "") -> Refused:
        return Refused(reason, self.lines.get(key, self.line))


def sentences(text: str) -> int:
    """How many sentences a text has; one that ends without a mark counts."""
    bare = text.strip()
    if not bare:
        return 0
    ends = list(END.finditer(bare))
    return len(ends) + (not ends or ends[-1].end() < len(bare))


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused(t("the file must be text in UTF-8"), 1) from None


def read_head(text: str, wanted: tuple[str, ...]) -> tuple[dict[str, str], list[Line]]:
    """The front matter, and the lines after it. Refused where there is none or a wanted fact is
    missing."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        raise Refused(t("the file must begin with front matter: a line ---, then title: …"), 1)
    try:
        end = next(n for n, line in enumerate(lines[1:], 1) if line.strip() == "---")
    except StopIteration:
        raise Refused(t("the front matter has no end: a second line ---"), 1) from None
    facts: dict[str, str] = {}
    for number, line in enumerate(lines[1:end], 2):
        name, colon, value = line.partition(":")
        if line.strip() and (not colon or not value.strip()):
            raise Refused(
                t("front matter is name: value, got {got}", got=line.strip()[:60]), number
            )
        if line.strip():
            facts[name.strip()] = value.strip()
    for name in wanted:
        if name not in facts:
            raise Refused(t("the front matter must have {name}", name=name), 1)
    minutes = facts.get("minutes", "5")
    if not minutes.isdigit() or not 1 <= int(minutes) <= 300:
        raise Refused(t("minutes must be a whole number from 1 to 300, got {got}", got=minutes), 1)
    return facts, [Line("", line, number) for number, line in enumerate(lines[end + 1 :], end + 2)]


def read_steps(lines: list[Line], language: str = "en") -> list[WrittenStep]:
    """The steps of a lesson. Refused with the line of what is wrong."""
    steps: list[WrittenStep] = []
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if text.startswith("## "):
            steps.append(WrittenStep(text[3:].strip(), line.number))
        elif not steps:
            raise Refused(
                t("a step begins with ## and its title, got {got}", got=text[:60]), line.number
            )
        else:
            _take(steps[-1], text, line.number, language)
    if not steps:
        raise Refused(
            t("a lesson must have steps: ## and a title"), lines[-1].number if lines else 1
        )
    for step in steps:
        _check(step)
    return steps


def _take(step: WrittenStep, text: str, number: int, language: str) -> None:
    """One line of a step."""
    if text.startswith(("#", "|", "---", "***", "```", "!")) or re.match(r"</?[a-z]", text):
        raise Refused(
            t(
                "a lesson knows steps (##), the lines {keys}, lists and plain text, got {got}",
                keys=", ".join((*ONCE, *MANY)),
                got=text[:60],
            ),
            number,
        )
    found = KEY.match(text)
    if found and found.group(1) not in (*ONCE, *MANY):
        raise Refused(
            t(
                "there is no line {key}: {options}",
                key=found.group(1),
                options=", ".join((*ONCE, *MANY)),
            ),
            number,
        )
    predicts = bool(found) and found.group(1) == "predict"
    if predicts and re.match(r"^predict:\s+(mark|number)\b.*\btruth=[^{\s]", text):
        raise Refused(
            t("the truth is computed, never typed: write a computed number in double braces"),
            number,
        )
    try:
        # settings are read by the program, prose by people
        text = filled(text, language if not found or found.group(1) in SPOKEN else "en", predicts)
    except ValueError as error:
        raise Refused(str(error), number) from None
    if not found:
        item = re.match(r"^- (?:\(( |x)\) )?(.+)$", text)
        if item:
            step.items.append((item.group(2).strip(), item.group(1) == "x"))
            step.lines.setdefault("items", number)
        else:
            step.text.append(text)
        return
    key, value = found.group(1), text[found.end() :].strip()
    if not value:
        raise Refused(t("the line {key} says nothing", key=key), number)
    if key in ONCE and key in step.keys:
        raise Refused(t("the line {key} stands twice in this step", key=key), number)
    step.lines.setdefault(key, number)
    if key in MANY:
        step.many.setdefault(key, []).append(value)
        step.lines[f"{key} {len(step.many[key])}"] = number
    else:
        step.keys[key] = value


def _check(step: WrittenStep) -> None:
    """What belongs together stands together, and nothing is longer than a projector shows."""
    if not step.title:
        raise step.refuse(t("a step needs a title after ##"))
    if not step.text and not step.said("question"):
        raise step.refuse(t("a step must say something: a text or a question"))
    length = sum(sentences(text) for text in [*step.text, step.said("question")])
    if length > MOST_SENTENCES:
        raise step.refuse(
            t(
                "text and question have {got} sentences, at most {most} fit a step: make two of it",
                got=length,
                most=MOST_SENTENCES,
            )
        )
    if sentences(step.said("answer")) > MOST_SENTENCES:
        raise step.refuse(
            t(
                "the answer has {got} sentences, at most {most} fit",
                got=sentences(step.said("answer")),
                most=MOST_SENTENCES,
            ),
            "answer",
        )
    asked = [key for key in ("question", "predict", "answer") if step.said(key)]
    if asked and len(asked) < 3:
        raise step.refuse(
            t(
                "question, predict and answer belong together, here is only {got}",
                got=", ".join(asked),
            ),
            asked[0],
        )
    kind = step.said("predict").split(" ")[0]
    if step.said("predict") and kind not in KINDS:
        raise step.refuse(
            t("predict must be one of {options}, got {got}", options=", ".join(KINDS), got=kind),
            "predict",
        )
    if not step.said("figure") and kind != "card":
        raise step.refuse(t("a step needs a figure (only a card has its claim instead)"))
    if step.said("open") and not step.said("open").startswith("?tab="):
        raise step.refuse(
            t("open must be a state link (?tab=…), got {got}", got=step.said("open")[:40]), "open"
        )
    if "slider" in step.many and not kind:
        raise step.refuse(
            t("a slider is moved once the truth is revealed: it needs a question"), "slider"
        )
    if controls(step) and not step.said("open"):
        raise step.refuse(
            t(
                "a control in [[ ]] stands on the page that the line open: leads to, and there is "
                "none"
            )
        )
    if step.items and kind not in ("choice", "order"):
        raise step.refuse(t("a list belongs to predict: choice or predict: order"), "items")


def controls(step: WrittenStep) -> list[str]:
    """The names of the controls that a step speaks of: [[Train]]."""
    spoken = [
        *step.text,
        step.said("question"),
        step.said("answer"),
        *(one for one, _ in step.items),
    ]
    return [name for text in spoken for name in CONTROL.findall(text)]


def arguments(text: str) -> Iterator[tuple[str, str]]:
    """`key=value` pairs; ValueError for a word that is none."""
    for word in text.split():
        name, equals, value = word.partition("=")
        if not equals or not name or not value:
            raise ValueError(t("expected key=value, got {got}", got=word[:60]))
        yield name, value
