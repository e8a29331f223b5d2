"""Coarse words before fine ones: after HDLM, "Next semantic scale prediction via hierarchical
diffusion", arXiv 2510.08632."""

from __future__ import annotations

import numpy as np

from playground.diffusion.draws import REVEAL
from playground.diffusion.noise import group_evidence
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.i18n import t


@add_sampler
class CoarseToFine(Sampler):
    """The first half of the steps reveals the group of each word, the second half the word inside
    its group.

    A group is drawn as the group of a word drawn from p(v | evidence) (B, L, V), places in a random
    order, equally many a step. One place a step (two steps for each open place) the text has the
    model's own distribution: both halves are chain rules.
    """

    name = "coarse-to-fine"
    title = t("Coarse to fine")
    source = "after HDLM, arXiv 2510.08632; its groups without its training"
    explanation = t(
        "First decides for each place which group of words it will hold, shown by one word of that "
        "group; then draws the word inside its group.\nEarly steps settle what kind of word stands "
        "where, late ones which; a word that stands for its group may be replaced once."
    )
    note = t("Two steps for each place: one for its group, one for its word.")
    reads = ("steps", "guidance")
    needs_posterior = True

    def halves(self) -> tuple[int, int]:
        """(steps for groups, steps for words); a single step draws words at once."""
        fine = max(1, (self.settings.steps + 1) // 2)
        return self.settings.steps - fine, fine

    def drive(self, run):
        groups, examples = word_groups(run.denoiser)
        coarse = np.full(run.canvas.shape, -1)
        fine = run.locked.copy()
        # a random order of the open places for each half
        orders = [
            np.where(run.open, run.uniforms(half, REVEAL), 2.0).argsort(1).argsort(1)
            for half in (0, 1)
        ]
        count = run.open.sum(1, keepdims=True)
        for k in range(self.settings.steps):
            in_groups, _, due = places_due(count, k, *self.halves())
            now = run.open & (orders[0 if in_groups else 1] < due)
            now &= (coarse < 0) if in_groups else ~fine
            if now.any():
                run.posterior(evidence_of(run.canvas, fine, coarse, groups), now)
                words = run.draw(now, k)
                if in_groups:
                    coarse[now] = groups[words[now]]
                    run.grouped |= now
                    run.put(now, examples[coarse])
                else:
                    run.put(now, words)
                    run.grouped &= ~now
                    fine |= now
            run.t = np.full(len(run.canvas), 1.0 - (k + 1) / self.settings.steps)
            yield


def places_due(count, k: int, early: int, late: int):
    """(whether step k of early + late draws groups, places of that half settled before it, and
    after it) of count open places."""
    in_groups = k < early
    done, of = (k, early) if in_groups else (k - early, late)
    return in_groups, -(-count * done // of), -(-count * (done + 1) // of)


def evidence_of(
    canvas: np.ndarray, fine: np.ndarray, coarse: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """(B, L, V): words of canvas (B, L) where `fine` (B, L), elsewhere the groups coarse (B, L), -1
    for none; groups (V,)."""
    evidence = group_evidence(groups, np.where(fine, -1, coarse))
    rows, places = np.nonzero(fine)
    evidence[rows, places] = -np.inf
    evidence[rows, places, canvas[rows, places]] = 0.0
    return evidence


def word_groups(denoiser) -> tuple[np.ndarray, np.ndarray]:
    """(group (V,) of each word, one word (G,) of each group): the denoiser's own, else about
    sqrt(V) groups, every so many words.

    The word that stands for a group is its commonest where the denoiser knows how common words are,
    else the first."""
    groups, by_share = words_by_group(denoiser)
    examples = np.zeros(int(groups.max()) + 1, dtype=np.int64)
    examples[groups[by_share[::-1]]] = by_share[::-1]
    return groups, examples


def words_by_group(denoiser) -> tuple[np.ndarray, np.ndarray]:
    """(group (V,) of each word, all words (V,), the commonest first; by number where the denoiser
    does not know how common they are)."""
    own = getattr(denoiser, "groups", None)
    size = int(denoiser.vocab_size)
    groups = np.arange(size) % max(1, round(size**0.5)) if own is None else np.asarray(own)
    share = getattr(denoiser, "word_shares", None)
    by_share = np.arange(size) if share is None else np.argsort(-np.asarray(share), kind="stable")
    return groups, by_share
