"""One generated token with everything that led to it, and its record: plain data that says all that
the screen shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from playground.decoding.distribution import Candidates, as_float32
from playground.decoding.settings import DecodingSettings
from playground.decoding.stage_effects import binding_rule, stage_facts
from playground.decoding.stages import Stage, apply_stages, next_state


class Step:
    """The choice of one token.

    index: which generated token, from 0. token_id: the chosen one. u: the random number of the
    draw, float64 in [0, 1), None if greedy or forced. forced: given by the caller, not drawn.
    finish: None, or why the run ends after this token ("end_of_text", "stop_string",
    "max_new_tokens", "context"); beyond: characters at the end that a stop string takes.
    state: what rules remembered before this step, `state_after` behind it. probability, entropy
    (nats): of the final distribution; raw_probability, surprisal, raw_entropy (nats), rank (1 =
    most likely): of the network's own.

    Logits of another program's engine carry `shown`, (V,) bool: True for the tokens of which it
    gave a value; the rest of the mass lies in equal parts on the others. Then "engine_limit" is the
    first rule: the others are cut before any rule acts, are in no row, and raw_entropy, an upper
    bound here, is None in the record. `rank`, if they carry it, is the forced token's own.
    """

    def __init__(
        self,
        logits: Any,
        context_ids: Sequence[int] | np.ndarray,
        settings: DecodingSettings,
        index: int = 0,
        prompt_length: int = 0,
        state: dict[str, Any] | None = None,
        token_id: int | None = None,
        second: Any = None,
        mask: Any = None,
    ):
        """`token_id` forces the choice; without it the token is drawn with the random numbers of
        (settings.seed, index).

        second, mask: as in `apply_stages`."""
        self._values = as_float32(logits).copy()  # the model may use its own buffer again
        shown = getattr(logits, "shown", None)
        self._shown = None if shown is None else np.asarray(shown, dtype=bool)
        self._rank = getattr(logits, "rank", None)
        self._context, self.settings, self.prompt_length = context_ids, settings, prompt_length
        self._second = None if second is None else np.array(second)
        self._mask = None if mask is None else np.array(mask)
        self.index, self.state, self.vocab_size = index, state, len(self._values)
        self.forced, self.text, self.beyond = token_id is not None, None, 0
        self.finish: str | None = None
        u, self.coin = random_numbers(settings.seed, index)
        self._stages: list[Stage] | None = None
        final = self.stages[-1].candidates
        if token_id is not None:
            if not 0 <= token_id < self.vocab_size:
                raise ValueError(f"token_id must be in [0, {self.vocab_size - 1}], got {token_id}")
            self.u, self.token_id = None, int(token_id)
        elif settings.greedy:
            self.u, self.token_id = None, int(final.token_ids(np.array([final.best]))[0])
        else:
            self.u = u
            self.token_id = int(final.token_ids(np.array([final.draw(u)]))[0])
        self.state_after = next_state(self.stages, self.token_id, settings)

    @property
    def logits(self) -> torch.Tensor:
        """The network's logits, float32. (V,)"""
        return torch.from_numpy(self._values)

    @property
    def context_ids(self) -> list[int]:
        """Ids of the prompt and of the text before this token."""
        return [int(token) for token in self._context]

    @property
    def stages(self) -> list[Stage]:
        """Every stage from "logits" to "draw"; computed again when asked for after `release`."""
        if self._stages is None:
            values = (
                self._values
                if self._shown is None
                else np.where(self._shown, self._values, np.float32(-np.inf))
            )
            self._stages = apply_stages(
                values,
                self._context,
                self.settings,
                self.prompt_length,
                u=self.coin,
                state=self.state,
                second=self._second,
                mask=self._mask,
            )
            if self._shown is not None:
                first, *others = self._stages
                raw = Candidates(self._values, self.vocab_size)
                self._stages = [
                    Stage("logits", raw),
                    Stage("engine_limit", first.candidates),
                    *others,
                ]
        return self._stages

    def release(self) -> None:
        """Let the computed vectors go; the logits stay, and everything can be asked for again."""
        self._stages = None

    @property
    def _raw(self) -> Candidates:
        return self.stages[0].candidates

    @property
    def _final(self) -> Candidates:
        return self.stages[-1].candidates

    @property
    def probability(self) -> float:
        return float(self._final.probability_of(np.array([self.token_id]))[0])

    @property
    def raw_probability(self) -> float:
        return float(self._raw.probability_of(np.array([self.token_id]))[0])

    @property
    def entropy(self) -> float:
        return self._final.entropy

    @property
    def raw_entropy(self) -> float:
        return self._raw.entropy

    @property
    def surprisal(self) -> float:
        return self._raw.surprisal_of(self.token_id)

    @property
    def rank(self) -> int:
        return self._rank or rank_of(self._values, self.token_id)

    def record(
        self,
        text_of: Callable[[int], str] = str,
        top: int = 20,
        strip: int = 40,
        through: bool = False,
    ) -> dict[str, Any]:
        """Everything that the screen shows of this step, as JSON-able data without NaN or infinity.

        rows: the `top` tokens by the larger of raw and final probability, and always the chosen
            one; sorted by final, raw, id.
        remainder: the exact count and mass of all other tokens.
        strip: the first `strip` segments of the cumulative sum in falling final probability,
            strip_rest what follows them; "drawn" is the chosen token's own segment.
        stages: one entry a stage with the survivors, what it removed (mass under the distribution
            before it), and its total variation.
        binding: the rule that removes the most mass, None if none removes any.
        through: each row also says its probability after each stage, in the order of `stages`, 0
            where it is cut.
        """
        texts: dict[int, str] = {}

        def text(token: int) -> str:
            if token not in texts:
                texts[token] = text_of(token)
            return texts[token]

        stages = stage_facts(self.stages)
        segments, rest, drawn = self._strip(strip, text)
        rows, remainder = self._rows(top, text)
        if through:
            ids = np.array([row["id"] for row in rows])
            after = [stage.candidates.probability_of(ids) for stage in self.stages]
            for place, row in enumerate(rows):
                row["through"] = [float(f"{each[place]:.6g}") for each in after]
        surprisal = self.surprisal
        return {
            "index": self.index,
            "token_id": self.token_id,
            "text": text(self.token_id),
            "probability": self.probability,
            "raw_probability": self.raw_probability,
            "rank": self.rank,
            "surprisal": surprisal if np.isfinite(surprisal) else None,
            "entropy": self.entropy,
            "raw_entropy": self.raw_entropy if self._shown is None else None,
            "u": self.u,
            "forced": self.forced,
            "finish": self.finish,
            "vocab_size": self.vocab_size,
            "stages": stages,
            "binding": binding_rule(stages),
            "rows": rows,
            "remainder": remainder,
            "strip": segments,
            "strip_rest": rest,
            "drawn": drawn,
        }

    def _rows(
        self, top: int, text: Callable[[int], str]
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        raw, final = self._raw, self._final
        heads = [raw.largest(top), final.token_ids(final.largest(top))]
        ids = np.unique(np.concatenate(heads))
        if self._shown is not None:
            ids = ids[self._shown[ids]]
        if self.token_id not in ids:
            ids = np.append(ids, self.token_id)
        raw_p, final_p = raw.probability_of(ids), final.probability_of(ids)
        best = np.lexsort((ids, -np.maximum(raw_p, final_p)))
        place = int(np.flatnonzero(ids[best] == self.token_id)[0])
        best = best[:top] if place < top else np.append(best[:top], best[place])
        order = best[np.lexsort((ids[best], -raw_p[best], -final_p[best]))]
        ids, raw_p, final_p = ids[order], raw_p[order], final_p[order]
        ranks = dict(zip(heads[0].tolist(), range(1, top + 1), strict=False))
        ranks |= {self.token_id: self._rank} if self._rank else {}
        cuts: list[str | None] = [None] * len(ids)
        # backwards, so that the first stage to cut is what remains
        for stage in reversed(self.stages):
            if stage.candidates.count < self.vocab_size:
                for place in np.flatnonzero(~stage.candidates.alive(ids)):
                    cuts[place] = stage.name
        rows = [
            {
                "id": token,
                "text": text(token),
                "raw": float(raw_p[place]),
                "final": float(final_p[place]),
                "rank": ranks.get(token) or rank_of(self._values, token),
                "cut": cuts[place],
            }
            for place, token in enumerate(ids.tolist())
        ]
        others = raw.probabilities.copy()
        others[ids] = 0.0
        other_raw = float(others.sum(dtype=np.float64)) / raw.total
        shown = int(final.alive(ids).sum())
        return rows, {
            "count": self.vocab_size - len(ids),
            "raw": other_raw,
            "final": _mass_without(final, ids),
            "cut_count": (self.vocab_size - final.count) - (len(ids) - shown),
            "cut_raw": self._cut_mass(others, other_raw),
        }

    def _cut_mass(self, others: np.ndarray, other_raw: float) -> float:
        """Raw mass of the tokens outside the rows that no longer can be drawn; `others` is used
        up."""
        final = self._final
        if final.count == self.vocab_size:
            return 0.0
        if final.ids is None:
            others[final.values > -np.inf] = 0.0
        else:
            others[final.ids] = 0.0
        return min(float(others.sum(dtype=np.float64)) / self._raw.total, other_raw)

    def _strip(
        self, limit: int, text: Callable[[int], str]
    ) -> tuple[list[dict[str, Any]], dict[str, Any], list[float]]:
        final = self._final
        order = final.largest(limit)
        masses = final.probabilities[order].astype(np.float64) / final.total
        ends = np.minimum(np.cumsum(masses), 1.0)
        if len(order) == final.count:
            ends[-1] = 1.0
        starts = np.concatenate([[0.0], ends[:-1]])
        ids = final.token_ids(order).tolist()
        segments = [
            {"id": token, "text": text(token), "start": start, "end": end}
            for token, start, end in zip(ids, starts.tolist(), ends.tolist(), strict=True)
        ]
        rest = {"count": final.count - len(order), "start": float(ends[-1]), "end": 1.0}
        return segments, rest, self._segment(ids, starts, ends)

    def _segment(self, ids: list[int], starts: np.ndarray, ends: np.ndarray) -> list[float]:
        """[start, end] of the chosen token in the cumulative sum; an empty segment at 1 for one
        that was cut."""
        final = self._final
        if self.token_id in ids:
            place = ids.index(self.token_id)
            return [float(starts[place]), float(ends[place])]
        chosen = np.array([self.token_id])
        if not final.alive(chosen)[0]:
            return [1.0, 1.0]
        position = final.position_of(chosen)[0][0]
        value = final.values[position]
        before = final.values > value
        before[:position] |= final.values[:position] == value
        start = float(final.probabilities[before].sum(dtype=np.float64)) / final.total
        return [start, min(start + self.probability, 1.0)]


def random_numbers(seed: int, index: int) -> tuple[float, float]:
    """(u of the draw, coin of XTC) of one step: float64 in [0, 1), a function of (seed, index)
    alone."""
    generator = np.random.Generator(np.random.Philox(key=np.array([seed, index], np.uint64)))
    first, second = generator.random(2)
    return float(first), float(second)


def rank_of(values: np.ndarray, token_id: int) -> int:
    """1 + the number of tokens before this one by falling logit, equals by rising id."""
    value = values[token_id]
    before = np.count_nonzero(values > value) + np.count_nonzero(values[:token_id] == value)
    return 1 + int(before)


def _mass_without(candidates: Candidates, ids: np.ndarray) -> float:
    positions, present = candidates.position_of(ids)
    others = candidates.probabilities.copy()
    others[positions[present]] = 0.0
    return float(others.sum(dtype=np.float64)) / candidates.total
