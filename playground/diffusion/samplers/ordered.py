"""Samplers that put the masked positions in an order and reveal the first ones: MaskGIT, LLaDA, Dream, Fast-dLLM,
entropy-bounded, any order.

Each is two questions: how is a position scored, and how many are taken. Choosing first and drawing afterwards is exact with
one token a step; drawing everywhere first and keeping the picks that are likely is not (it cools): `sample_first` says which.
The same `score`, `scale` and `number` serve the batches of `unmask` and the enumeration of `exact_distribution`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.diffusion.draws import gumbels
from playground.diffusion.prediction import Prediction
from playground.diffusion.run import Run
from playground.diffusion.samplers.base import Blocks, Sampler, SamplerRule, share_out
from playground.diffusion.settings import DEFAULT_BOUND, DEFAULT_THRESHOLD


class OrderedRule(SamplerRule):
    """Takes, at each step, the `number` positions with the highest score + scale * Gumbel; ties lowest position first."""

    adaptive = False  # True: runs until no mask is left, whatever `steps` says
    noise_epsilon = 0.0

    @property
    def sample_first(self) -> bool:
        """True: every masked position gets a token, and the score looks at it."""
        return False

    def score(
        self, prediction: Prediction, where: np.ndarray, tokens: np.ndarray | None
    ) -> np.ndarray:
        """(B, L), higher goes first; read at `where` alone."""
        raise NotImplementedError

    def scale(self, local: np.ndarray, share: np.ndarray) -> np.ndarray:
        """(B,) scale of the Gumbel noise added to the score; 0 keeps the order as scored."""
        return np.zeros(np.shape(local))

    def number(
        self,
        score: np.ndarray,
        where: np.ndarray,
        local: np.ndarray,
        share: np.ndarray,
        first: np.ndarray,
    ) -> np.ndarray:
        """(B,) positions to take; first (B,): masks that the block had at its first step."""
        raise NotImplementedError

    def drive(self, run: Run) -> Iterator[None]:
        return self._adapt(run) if self.adaptive else self._count(run)

    def _count(self, run: Run) -> Iterator[None]:
        blocks = Blocks(run)
        turns, locals_, shares = blocks.timetable(self.settings.steps)
        for k in range(turns.shape[1]):
            turn, local, share = turns[:, k], locals_[:, k], shares[:, k]
            active = turn < blocks.count
            blocks.show_window(run, turn)
            where = blocks.at(turn) & run.masked & active[:, None]
            if k == 0:
                first = where.sum(1)
            else:
                first = np.where(active & (local == 0), where.sum(1), first)
            self._step(run, blocks, where, k, local, share, first)
            run.t = np.where(active, 1.0 - (local + 1) / np.maximum(share, 1), 0.0)
            yield

    def _adapt(self, run: Run) -> Iterator[None]:
        blocks = Blocks(run)
        turn = np.zeros(len(run.canvas), dtype=np.int64)
        none = np.zeros_like(turn)
        k = 0
        while k == 0 or run.masked.any():
            blocks.show_window(run, turn)
            where = blocks.at(turn) & run.masked
            self._step(run, blocks, where, k, none, none + 1, none)
            done = ~(blocks.at(turn) & run.masked).any(1)
            turn = np.minimum(turn + done, blocks.count - 1)
            k += 1
            yield

    def _step(self, run, blocks, where, k, local, share, first) -> None:
        prediction = run.predict(blocks.visible(run), where.any(1))
        tokens = run.draw(where, k) if self.sample_first else None
        score = self.score(prediction, where, tokens)
        number = self.number(score, where, local, share, first)
        scale = self.scale(local, share)
        if np.any(scale > 0):
            gumbel = gumbels(self.settings.seed, k, run.rows[:, None], np.arange(run.length))
            score = score + scale[:, None] * gumbel
        chosen = first_positions(score, where, number)
        run.put(chosen, tokens if tokens is not None else run.draw(chosen, k))


# Scores this near to each other count as equal: well above what rounding does to exact float64 figures (1e-15), well below the
# distance of two neighbouring float32 numbers (6e-8), so that no two different figures of a network ever tie by it.
TIE_RELATIVE, TIE_ABSOLUTE = 1e-12, 1e-14


def first_positions(score: np.ndarray, where: np.ndarray, number: np.ndarray) -> np.ndarray:
    """(B, L) bool: the `number` (B,) positions of `where` with the highest score; ties lowest position first.

    Neighbours in the order that differ by at most TIE_RELATIVE (of the larger) or TIE_ABSOLUTE tie, however they were rounded.

    >>> first_positions(np.array([[0.1 + 0.2, 0.3, 0.4]]), np.full((1, 3), True), np.array([2])).tolist()
    [[True, False, True]]
    >>> first_positions(np.array([[0.3, 0.1 + 0.2, 0.4]]), np.full((1, 3), True), np.array([2])).tolist()
    [[True, False, True]]
    """
    keyed = np.where(where, -score, np.inf)
    order = np.argsort(keyed, axis=1, kind="stable")
    ranked = np.take_along_axis(keyed, order, axis=1)
    with np.errstate(invalid="ignore"):  # inf - inf behind the last position asked
        near = ranked[:, 1:] - ranked[:, :-1] <= TIE_ABSOLUTE + TIE_RELATIVE * np.abs(
            ranked[:, :-1]
        )
    if near.any():
        # positions of one group of ties by their place, groups in their order
        group = np.zeros_like(order)
        np.cumsum(~near, axis=1, out=group[:, 1:])
        by_position = np.empty_like(order)
        np.put_along_axis(by_position, order, group, axis=1)
        order = np.argsort(by_position, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(score.shape[1])[None], axis=1)
    return where & (rank < number[:, None])


class MaskGIT(OrderedRule):
    about = Sampler(
        "maskgit",
        "absorbing",
        False,
        "Chang et al. 2022, arXiv 2202.04200; google-research/maskgit, parallel_decode.py",
        "Guesses every hidden word at once and keeps the guesses it is surest of; few at first, more later (a cosine).\n"
        "Keeping likely guesses makes the text more typical than the model's own, even one word at a time.",
    )
    sample_first = True

    def score(self, prediction, where, tokens):
        return np.log(np.maximum(prediction.probability_of(tokens, where), 1e-300))

    def scale(self, local, share):
        return self.settings.alg_temp * (1.0 - (local + 1) / np.maximum(share, 1))

    def number(self, score, where, local, share, first):
        return maskgit_number(first, where.sum(1), local, share)


def maskgit_number(
    first: np.ndarray, masks: np.ndarray, local: np.ndarray, share: np.ndarray
) -> np.ndarray:
    """How many are kept: the masks left are floor(first * cos(pi r / 2)) within [1, masks - 1]; the last step keeps all."""
    ratio = (local + 1) / np.maximum(share, 1)
    left = np.maximum(
        1, np.minimum(masks - 1, np.floor(first * np.cos(np.pi / 2 * ratio)).astype(np.int64))
    )
    return np.where(local == share - 1, masks, np.maximum(masks - left, 0))


def maskgit_counts(masks: int, steps: int) -> list[int]:
    """Counts as MaskGIT's clamp gives them, one mask left inside; its last step returns that guess as well.

    >>> maskgit_counts(16, 8)
    [1, 1, 1, 2, 3, 2, 3, 2]
    """
    counts, left = [], masks
    for k in range(steps):
        after = max(1, min(left - 1, int(np.floor(masks * np.cos(np.pi / 2 * (k + 1) / steps)))))
        counts.append(left - after)
        left = after
    return counts


class Llada(OrderedRule):
    about = Sampler(
        "llada",
        "absorbing",
        False,
        "Nie et al. 2025, arXiv 2502.09992; ML-GSAI/LLaDA, generate.py",
        "Guesses every hidden word, keeps the surest guesses in equal portions, block after block; the rest is guessed anew.\n"
        "low_confidence samples too typically even one at a time; random order is exact there. A kept word stays for good.",
    )

    @property
    def sample_first(self):
        return self.settings.rule == "low_confidence"

    def score(self, prediction, where, tokens):
        return (
            prediction.probability_of(tokens, where) if self.sample_first else np.zeros(where.shape)
        )

    def scale(self, local, share):
        return np.full(np.shape(local), 0.0 if self.sample_first else 1.0)

    def number(self, score, where, local, share, first):
        return np.where(local < share, share_out(first, share, local), 0)


def llada_counts(masks: int, steps: int) -> list[int]:
    """
    >>> llada_counts(10, 4), llada_counts(7, 10)
    ([3, 3, 2, 2], [1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
    """
    return [int(share_out(masks, steps, np.asarray(k))) for k in range(steps)]


class Dream(OrderedRule):
    about = Sampler(
        "dream",
        "absorbing",
        True,
        "Ye et al. 2025, arXiv 2508.15487; DreamLM/Dream, generation_utils.py",
        "Random order (origin), or first where the network's best word is likely, far ahead, or the choice narrow.\n"
        "Scores look at the untempered distribution before a word is drawn; as published they look at the drawn word, and cool.",
    )
    epsilon = 1e-3

    @property
    def sample_first(self):
        return (
            self.settings.as_published
            and self.settings.rule == "maskgit_plus"
            and self.settings.temperature > 0
        )

    def score(self, prediction, where, tokens):
        if not self.settings.as_published:
            return {
                "maskgit_plus": lambda: prediction.confidence,
                "topk_margin": lambda: prediction.margin,
                "entropy": lambda: -prediction.entropy,
            }[self.settings.rule]()
        # as published: from the tempered, truncated distribution, top-1 being the sampled token's probability
        p = prediction.probabilities(
            where, self.settings.temperature or 1.0, self.settings.top_p
        )  # (n, V)
        if self.settings.rule == "topk_margin":
            two = np.sort(p, axis=-1)[:, -2:]
            values = two[:, -1] - (two[:, 0] if p.shape[1] > 1 else 0.0)
        elif self.settings.rule == "entropy":
            values = (p * np.log(np.maximum(p, 1e-10))).sum(-1)
        else:
            values = p.max(-1) if tokens is None else p[np.arange(len(p)), tokens[where]]
        score = np.full(where.shape, np.nan)
        score[where] = values
        return score

    def scale(self, local, share):
        # the k positions drawn without replacement from softmax(score / alg_temp) are the top k of score + alg_temp * Gumbel
        return np.full(np.shape(local), self.settings.alg_temp)

    def number(self, score, where, local, share, first):
        return dream_number(where.sum(1), local, share, self.epsilon)


def dream_number(
    masks: np.ndarray, local: np.ndarray, share: np.ndarray, epsilon: float = 1e-3
) -> np.ndarray:
    """floor(masks * (1 - s / t)) on the grid from 1 to epsilon; the last step takes all."""
    t, s = 1.0 - (1.0 - epsilon) * local / share, 1.0 - (1.0 - epsilon) * (local + 1) / share
    return np.where(local == share - 1, masks, (masks * (1.0 - s / t)).astype(np.int64))


def dream_counts(masks: int, steps: int) -> list[int]:
    """
    >>> dream_counts(10, 4), dream_counts(32, 8)
    ([2, 2, 2, 4], [3, 4, 4, 4, 4, 4, 4, 5])
    """
    counts = []
    for k in range(steps):
        counts.append(
            int(dream_number(np.asarray(masks - sum(counts)), np.asarray(k), np.asarray(steps)))
        )
    return counts


class FastDLLM(OrderedRule):
    about = Sampler(
        "fast-dllm",
        "absorbing",
        True,
        "Wu et al. 2025, arXiv 2505.22618; NVlabs/Fast-dLLM, generate.py",
        "Accepts every position where the network is sure enough (threshold), and always the surest one.\n"
        "Confidence is the best word's probability before drawing; as published it is the drawn word's, which cools.",
    )
    adaptive = True

    @property
    def sample_first(self):
        return self.settings.as_published and self.settings.temperature > 0

    def score(self, prediction, where, tokens):
        return prediction.confidence if tokens is None else prediction.probability_of(tokens, where)

    def number(self, score, where, local, share, first):
        threshold = (
            DEFAULT_THRESHOLD if self.settings.threshold is None else self.settings.threshold
        )
        return np.maximum(1, (where & (np.where(where, score, -1.0) >= threshold)).sum(1))


class EntropyBound(OrderedRule):
    about = Sampler(
        "entropy-bound",
        "absorbing",
        True,
        "Ben-Hamu et al. 2025 (EB-Sampler), arXiv 2505.24857",
        "Accepts the places with the narrowest choice while their entropies, without the largest, stay within a bound.\n"
        "Easy places go together, hard ones alone. 'renoise' starts from random words and throws back what it did not accept.",
    )
    adaptive = True

    def score(self, prediction, where, tokens):
        return -prediction.entropy

    def number(self, score, where, local, share, first):
        return entropy_bound_number(
            -score, where, DEFAULT_BOUND if self.settings.bound is None else self.settings.bound
        )


def entropy_bound_number(entropy: np.ndarray, where: np.ndarray, bound: float) -> np.ndarray:
    """(B,) the largest k such that the k lowest entropies (B, L) at `where` have sum - max <= bound; 1 at least.

    In ascending order sum - max of the first k is the sum of the first k - 1, which never falls.
    """
    ascending = np.sort(np.where(where, entropy, np.inf), axis=1)
    real = np.isfinite(ascending)
    before = np.concatenate(
        [np.zeros((len(ascending), 1)), np.cumsum(np.where(real, ascending, 0.0), axis=1)[:, :-1]],
        axis=1,
    )
    return np.maximum(1, (real & (before <= bound + 1e-12)).sum(1))


class AnyOrder(OrderedRule):
    about = Sampler(
        "any-order",
        "absorbing",
        True,
        "Uria et al. 2014, arXiv 1310.1757; Hoogeboom et al. 2022 (AO-ARM), arXiv 2110.02037",
        "Uncovers one word a step in a random order, each drawn from what the network says of it given the words so far.\n"
        "With exact conditionals every order gives the model's own distribution.",
    )
    adaptive = True

    def score(self, prediction, where, tokens):
        return np.zeros(where.shape)

    def scale(self, local, share):
        return np.ones(np.shape(local))

    def number(self, score, where, local, share, first):
        return np.ones(len(where), dtype=np.int64)
