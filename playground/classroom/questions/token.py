"""What comes next? The class's guesses beside the model's distribution, over the whole
vocabulary."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from playground.classroom import scores
from playground.classroom.distribution import AskedStep
from playground.classroom.guess import GuessReader, label_of
from playground.classroom.questions.question import Answer, Question
from playground.classroom.values import word_of
from playground.i18n import t

PROMPT_CHARACTERS = 600  # of the text so far that a phone shows
LIKELIEST = 10
WORD = "word:"  # begins the key of a guess that is no token of the model's


class NextToken(Question):
    """The next token of a text. `model` is a session of the model that wrote it, closed with the
    question."""

    kind, hides = "token", True

    def __init__(self, raw: Mapping[str, Any], model: Any):
        self._model, self._label = model, label_of(model)
        self.step = AskedStep.read(raw)
        self.known_only = raw.get("known_only") is not False
        self.prompt = model.decode(self.step.ids)[-PROMPT_CHARACTERS:]
        self._reader = GuessReader(model, self.step.ids)
        self._kept: dict[int, float] = {}  # the few of p that are shown, once it is revealed
        self._best: list[int] = []
        self.drawn = -1
        super().__init__(raw)

    def truth_of(self, raw: Any) -> Any:
        raise ValueError(t("truth is not told here: the drawn token is the step's own."))

    def begin(self) -> None:
        p, self.drawn = self.step.look(self._model)
        self._best = scores.likeliest(p, LIKELIEST)

    def prepare(self, answers: Sequence[Answer]) -> None:
        """Of p, a number for each token of the vocabulary, what is shown is kept."""
        p, _ = self.step.look(self._model)
        guessed = {answer.detail.token for answer in answers if answer.detail is not None}
        self._kept = {token: float(p[token]) for token in (*guessed, *self._best, self.drawn)}

    def close(self) -> None:
        self._model.close()

    def shown(self) -> dict[str, Any]:
        return {"prompt": self.prompt, "known_only": self.known_only}

    def accept(self, raw: Any, before: Answer | None, seat: str) -> Answer:
        said = word_of(raw)
        try:
            guess = self._reader.read(said)
        except ValueError:
            if self.known_only:
                raise
            return Answer(WORD + said.casefold(), said, said)
        return Answer(str(guess.token), guess.text, said, guess)

    def yours(self, answer: Answer, seat: str) -> dict[str, Any]:
        guess = answer.detail
        return {
            "answer": answer.said,
            "counted_as": answer.text,
            "whole": guess is None or guess.whole,
            "id": None if guess is None else guess.token,
        }

    def yours_revealed(self, answer: Answer, seat: str) -> dict[str, Any]:
        p = self._p_of(answer.key)
        return {
            **self.yours(answer, seat),
            "key": answer.key,
            "p": p,
            "bits": scores.surprisal(p) if p else None,
            "hit": answer.key == str(self.drawn),
        }

    def _p_of(self, key: str) -> float:
        return 0.0 if key.startswith(WORD) else self._kept[int(key)]

    def reveal(self, answers: Sequence[Answer], hidden: frozenset[str]) -> dict[str, Any]:
        counts, n = Counter(answer.key for answer in answers), len(answers)
        texts = {answer.key: answer.text for answer in answers}
        tokens = sorted({*self._best, self.drawn}, key=lambda token: (-self._kept[token], token))
        rows = [self._row(token, counts[str(token)], n) for token in tokens]
        shown = {str(token) for token in tokens}
        beyond = [answer for answer in answers if answer.key not in shown]
        pooled = self.pooled(beyond, hidden)
        scale = len(beyond) / max(1, n)  # shares are of all answers
        outside = [
            {
                **row,
                "q": row["q"] * scale,
                "p": None if row["key"].startswith(WORD) else self._p_of(row["key"]),
            }
            for row in pooled["rows"]
        ]
        named = math.fsum(row["p"] or 0.0 for row in (*rows, *outside))
        return {
            "rules": self.step.rules,
            "rows": rows,
            "outside": outside,
            "hidden": {**pooled["hidden"], "q": pooled["hidden"]["q"] * scale},
            "others": {
                **pooled["others"],
                "q": pooled["others"]["q"] * scale,
                "p": max(0.0, 1 - named),
            },
            "n": n,
            "drawn": self._named(self.drawn),
            "likeliest": self._named(self._best[0]),
            **self._figures(counts, texts, hidden),
        }

    def _row(self, token: int, count: int, n: int) -> dict[str, Any]:
        return {
            "key": str(token),
            **self._named(token),
            "q": count / max(1, n),
            "count": count,
            "drawn": token == self.drawn,
            "likeliest": token == self._best[0],
        }

    def _named(self, token: int) -> dict[str, Any]:
        return {"id": token, "text": self._label(token), "p": self._kept[token]}

    def _figures(
        self, counts: Counter[str], texts: Mapping[str, str], hidden: frozenset[str]
    ) -> dict[str, Any]:
        p = {key: self._p_of(key) for key in counts}
        n, mean = sum(counts.values()), scores.mean_surprisal(counts, p)
        ordered = sorted(counts, key=lambda key: (-counts[key], -p[key], texts[key]))
        best = next((key for key in ordered if key not in hidden), None)
        return {
            "favourite": best
            and {"text": texts[best], "p": p[best], "q": counts[best] / n, "count": counts[best]},
            "hit_drawn": counts[str(self.drawn)],
            "hit_likeliest": counts[str(self._best[0])],
            "overlap": scores.overlap(counts, p),
            "mean_surprisal": mean if math.isfinite(mean) else None,
            "infinite": sum(count for key, count in counts.items() if p[key] == 0),
        }
