"""Rewards: how well a text does what was wished.

Each of the five is a number in [0, 1]; an expression is any finite number. All of them read
lower-case words alone, by spelling: none knows what a text means, and a policy that is paid by one
soon finds out.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from playground.i18n import t
from playground.parameters import Parameter

Reward = Callable[[str], float]

ANIMALS = (
    "wolf fox bear lion cat dog horse bird eagle fish snake frog pig goat sheep cow ox mouse rat "
    "tiger crow raven hen cock duck goose swan dragon ass donkey hare rabbit deer stag owl bee "
    "ant monkey"
)
HAPPY = frozenset(
    "happy happily joy joyful glad merry merrily delighted rejoiced wedding married feast "
    "happiness laughed smiled".split()
)
KINDS = ("words", "happy", "short", "rhyme", "length", "expression")
ENOUGH_WORDS, ENOUGH_JOY, SHORT, END = 3, 2, 3, 12
LONGEST_LIST, LONGEST_EXPRESSION, LARGEST_NUMBER = 600, 200, 100.0
LENGTH = Parameter("length", int, 16, low=1, high=24, unit="words")

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLAUSE = re.compile(r"[.,;:!?]")
_VOWELS = "aeiouy"
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def wanted(names: frozenset[str]) -> Reward:
    """How many different ones of `names` stand in the text (a plural in -s counts), of 3 at most:
    0, 1/3, 2/3 or 1."""

    def reward(text: str) -> float:
        singular = {word if word in names else word.removesuffix("s") for word in words_of(text)}
        return min(ENOUGH_WORDS, len(singular & names)) / ENOUGH_WORDS

    return reward


def happy(text: str) -> float:
    """How many of the last 12 words are happy ones, of 2 at most: 0, 1/2 or 1."""
    return min(ENOUGH_JOY, sum(word in HAPPY for word in words_of(text)[-END:])) / ENOUGH_JOY


def short(text: str) -> float:
    """The share of words that have at most 3 letters; 0 for a text without words."""
    words = words_of(text)
    return sum(len(word) <= SHORT for word in words) / max(1, len(words))


def ending(word: str) -> str:
    """What has to be alike for a rhyme: the letters from the last group of vowels on, a silent e at
    the end left aside."""
    stem = word[:-1] if len(word) > 2 and word.endswith("e") and word[-2] not in _VOWELS else word
    place = max((stem.rfind(vowel) for vowel in _VOWELS), default=-1)
    while place > 0 and stem[place - 1] in _VOWELS:
        place -= 1
    return word[max(place, 0) :]


def rhyme(text: str) -> float:
    """The share of clauses (between marks) whose last word rhymes with another clause's, by
    spelling; 0 with fewer than two."""
    last = [words[-1] for words in map(words_of, _CLAUSE.split(text)) if words]
    rhymed = sum(
        any(word != other and ending(word) == ending(other) for other in last) for word in last
    )
    return rhymed / len(last) if len(last) > 1 else 0.0


def length(count: int) -> Reward:
    """1 for a text of `count` words, less by 1/count for each word too many or too few, never below
    0."""
    return lambda text: max(0.0, 1 - abs(len(words_of(text)) - count) / count)


def read_words(raw: Any) -> frozenset[str]:
    """The words of a list that a person typed; ValueError says what is wrong with it."""
    if not isinstance(raw, str) or len(raw) > LONGEST_LIST:
        raise ValueError(
            t("words must be a text of at most {longest} characters", longest=LONGEST_LIST)
        )
    names = frozenset(words_of(raw))
    if not names:
        raise ValueError(t("words must hold at least one word, letters alone"))
    return names


def read(asked: Mapping[str, Any]) -> Reward:
    """The reward of {"reward": kind, "words", "length", "expression"}; ValueError names a field
    that is wrong.

    An expression adds, subtracts and multiplies numbers and happy, short, rhyme, words ("words" as
    listed), length."""
    kind = Parameter("reward", str, None, choices=KINDS).check(asked.get("reward"))
    if kind == "expression":
        return expression(asked.get("expression"), asked)
    return _simple(kind, asked)


def _simple(kind: str, asked: Mapping[str, Any]) -> Reward:
    if kind == "words":
        return wanted(read_words(asked.get("words")))
    if kind == "length":
        return length(LENGTH.check(asked.get("length")))
    return {"happy": happy, "short": short, "rhyme": rhyme}[kind]


def expression(raw: Any, asked: Mapping[str, Any]) -> Reward:
    """A reward from a text like "words + 0.5 * happy - short"; ValueError says which part of it is
    not understood."""
    if not isinstance(raw, str) or not raw.strip() or len(raw) > LONGEST_EXPRESSION:
        raise ValueError(
            t("expression must be a text of 1 to {longest} characters", longest=LONGEST_EXPRESSION)
        )
    try:
        tree = ast.parse(raw.strip(), mode="eval").body
        return _compiled(tree, asked)
    except (SyntaxError, MemoryError, RecursionError, OverflowError):
        raise ValueError(
            t("expression cannot be read: {text}", text=repr(raw.strip()[:60]))
        ) from None


def _compiled(tree: ast.AST, asked: Mapping[str, Any]) -> Reward:
    if isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATORS:
        join = _OPERATORS[type(tree.op)]
        left, right = _compiled(tree.left, asked), _compiled(tree.right, asked)
        return lambda text: join(left(text), right(text))
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        inside = _compiled(tree.operand, asked)
        return lambda text: -inside(text)
    given = tree.value if isinstance(tree, ast.Constant) else None
    if isinstance(given, int | float) and not isinstance(given, bool):
        if not abs(given) <= LARGEST_NUMBER:
            raise ValueError(
                t("numbers in expression must be at most {most}", most=int(LARGEST_NUMBER))
            )
        number = float(given)
        return lambda text: number
    if isinstance(tree, ast.Name) and tree.id in KINDS[:-1]:
        return _simple(tree.id, asked)
    raise ValueError(
        t(
            "expression may hold numbers, + − * ( ) and the names {names}; {got} is none of these",
            names=", ".join(KINDS[:-1]),
            got=repr(ast.unparse(tree)[:40]),
        )
    )
