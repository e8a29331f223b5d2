"""A form that the text must have: some choices, a regular expression, a JSON schema. The tokens
that would break it are cut.

llguidance reads the form as an automaton over the characters of a text and answers which tokens
still lead to a text that it accepts; the end of the text is one of them where the text so far is
complete (Willard and Louf 2023, arXiv 2307.09702). A form holds for the generated text; one space
may stand in front of it.

Cutting tokens is not conditioning: see constrained_law.py.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from playground.decoding.distribution import Candidates
from playground.decoding.situation import Situation, cut
from playground.decoding.spelling import FORMS, Spelling
from playground.i18n import t
from playground.parameters import short, texts_of

# where only some characters can follow, the library would else allow only the tokens that it would
# spell them with itself
_EVERY_SPELLING = '%llguidance {"no_forcing": true}\n'


def grammar_of(kind: str, text: str) -> str:
    """The form in llguidance's own notation. kind: "choices" (texts, one a line), "regex" or
    "json_schema".

    >>> grammar_of("choices", "yes\\nno")
    '%llguidance {"no_forcing": true}\\nstart: /[ ]?(?:yes|no)/'
    """
    if kind == "json_schema":
        try:
            schema = json.loads(text)
        except ValueError as error:
            raise ValueError(
                t("json_schema must be a JSON schema: {error}", error=str(error)[:120])
            ) from None
        if not isinstance(schema, (dict, bool)):
            raise ValueError(t("json_schema must be a JSON schema, got {got}", got=short(schema)))
        return _EVERY_SPELLING + 'start: SPACE? body\nSPACE: " "\nbody: %json ' + json.dumps(schema)
    pattern = (
        "|".join(re.escape(choice).replace("/", "\\/") for choice in texts_of(text))
        if kind == "choices"
        else re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", text.replace("\n", "\\n"))
    )
    return f"{_EVERY_SPELLING}start: /[ ]?(?:{pattern})/"


class Form:
    """One form over one model's tokens. Safe to ask from several threads."""

    def __init__(self, kind: str, text: str, spelling: Spelling):
        from llguidance import LLMatcher

        if not spelling.ends:
            raise ValueError(
                t("{field} must be empty for a model whose texts have no end", field=kind)
            )
        tokens = _tokenizer(spelling)
        grammar = grammar_of(kind, text)
        problem = LLMatcher.validate_grammar(grammar, tokens)
        if problem:
            reason = re.sub(r"^at \d+\(\d+\): ", "", problem.split("\n   1 |")[0])
            raise ValueError(
                t(
                    "{field} cannot be read: {reason}",
                    field=kind,
                    reason=" ".join(reason.split())[:200],
                )
            )
        self._matcher = LLMatcher(tokens, grammar, log_level=0)
        self._ends = np.array(sorted(spelling.ends))
        self._size = spelling.size
        self._taken: list[int] = []
        self._over = (
            False  # a token that broke the form was forced upon the text: nothing is cut behind it
        )
        self._lock = threading.Lock()

    def allowed(self, ids: Sequence[int]) -> np.ndarray:
        """(V,) bool: the tokens that may follow the generated tokens `ids`. All of them behind a
        text that has left the form already (a token that the visitor chose), and behind one that is
        complete where only the end is left, the end."""
        with self._lock:
            self._read([int(token) for token in ids])
            if self._over:
                return np.ones(self._size, bool)
            bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
            mask = np.unpackbits(bits, bitorder="little")[: self._size].astype(bool)
        if mask[self._ends].any():
            mask[self._ends] = True
        return mask

    def _read(self, ids: list[int]) -> None:
        if ids[: len(self._taken)] != self._taken:
            self._matcher.reset()
            self._taken, self._over = [], False
        for token in ids[len(self._taken) :]:
            if not self._over and not (
                token not in self._ends and self._matcher.consume_token(token)
            ):
                self._over = True
            self._taken.append(token)


@lru_cache(maxsize=64)
def form_of(kind: str, text: str, spelling: Spelling) -> Form:
    """The Form; remembered, since a text asks for it at every token."""
    return Form(kind, text, spelling)


_TOKENIZERS: dict[int, tuple[Spelling, Any]] = {}
_MOST_TOKENIZERS = 8


def _tokenizer(spelling: Spelling) -> Any:
    """llguidance's view of a model's tokens, made once for each of the last few models."""
    from llguidance import LLTokenizer, TokenizerWrapper

    kept = _TOKENIZERS.get(id(spelling))
    if kept is not None and kept[0] is spelling:
        return kept[1]

    class Tokens:
        eos_token_id, bos_token_id = min(spelling.ends), None
        tokens = spelling.token_bytes()
        special_token_ids = sorted(spelling.ends)

        def __call__(self, text: Any) -> list[int]:
            return spelling.ids_of(text if isinstance(text, str) else text.decode("utf-8"))

    made = LLTokenizer(TokenizerWrapper(Tokens()), n_vocab=spelling.size)
    while len(_TOKENIZERS) >= _MOST_TOKENIZERS:
        _TOKENIZERS.pop(next(iter(_TOKENIZERS)))
    _TOKENIZERS[id(spelling)] = (spelling, made)
    return made


def _cut(kind: str) -> None:
    """The stage of one kind of form: the candidates that keep the text in it; `mask` of the
    situation where the caller brought one."""

    @cut(kind)
    def keep(candidates: Candidates, now: Situation) -> np.ndarray:
        settings, mask = now.settings, now.mask
        if mask is None:
            if settings.spelling is None:
                raise ValueError(
                    t("{field} must be empty where no model is there to spell its text", field=kind)
                )
            generated = now.context[now.prompt_length :].tolist()
            mask = form_of(kind, getattr(settings, kind), settings.spelling).allowed(generated)
        kept = mask if candidates.ids is None else mask[candidates.ids]
        if not (kept & (candidates.values > -np.inf)).any():
            raise ValueError(
                t(
                    "{field} must leave a token possible; here all that it allows is forbidden by "
                    "other rules, or impossible for the model",
                    field=kind,
                )
            )
        return kept


for _kind in FORMS:
    _cut(_kind)
