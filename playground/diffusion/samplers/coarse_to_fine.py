"""Coarse words before fine ones: after HDLM, "Next semantic scale prediction via hierarchical diffusion", arXiv 2510.08632."""

from __future__ import annotations

import numpy as np

from playground.diffusion.draws import REVEAL
from playground.diffusion.noise import group_evidence
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.i18n import t


@add_sampler
class CoarseToFine(Sampler):
    """The first half of the steps reveals the group of each word, the second half the word inside its group.

    A group is drawn as the group of a word drawn from p(v | evidence) (B, L, V), places in a random order, equally many a step.
    One place a step (two steps for each open place) the text has the model's own distribution: both halves are chain rules.
    """

    name = "coarse-to-fine"
    title = t("Coarse to fine: groups of words first (exact models)")
    source = "after HDLM, arXiv 2510.08632; its groups without its training"
    explanation = t(
        "First decides for each place which group of words it will hold, shown by one word of that "
        "group; then draws the word inside its group.\nEarly steps settle what kind of word stands "
        "where, late ones which; a word that stands for its group may be replaced once."
    )
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
        order = np.where(run.open, run.uniforms(0, REVEAL), 2.0).argsort(1).argsort(1)
        count = run.open.sum(1, keepdims=True)
        early, late = self.halves()
        for k in range(self.settings.steps):
            in_groups = k < early
            done, of = (k + 1, early) if in_groups else (k + 1 - early, late)
            due = run.open & (order < -(-count * done // of))
            now = due & (coarse < 0 if in_groups else ~fine)
            if now.any():
                certain = np.where(fine[..., None], self._certain(run, fine), 0.0)
                run.posterior(certain + group_evidence(groups, np.where(fine, -1, coarse)), now)
                words = run.draw(now, k)
                if in_groups:
                    coarse[now] = groups[words[now]]
                    run.put(now, examples[coarse])
                else:
                    run.put(now, words)
                    fine |= now
            run.t = np.full(len(run.canvas), 1.0 - (k + 1) / self.settings.steps)
            yield

    @staticmethod
    def _certain(run, fine: np.ndarray) -> np.ndarray:
        """(B, L, V): 0 for the word that stands where `fine`, -inf for all others there."""
        evidence = np.zeros((*run.canvas.shape, run.size))
        rows, places = np.nonzero(fine)
        evidence[rows, places] = -np.inf
        evidence[rows, places, run.canvas[rows, places]] = 0.0
        return evidence


def word_groups(denoiser) -> tuple[np.ndarray, np.ndarray]:
    """(group (V,) of each word, one word (G,) of each group): the denoiser's own, else about sqrt(V) groups, every so many words.

    The word that stands for a group is its commonest where the denoiser knows how common words are, else the first."""
    own = getattr(denoiser, "groups", None)
    size = int(denoiser.vocab_size)
    groups = np.arange(size) % max(1, round(size**0.5)) if own is None else np.asarray(own)
    share = getattr(denoiser, "word_shares", None)
    by_share = np.arange(size) if share is None else np.argsort(-np.asarray(share), kind="stable")
    examples = np.zeros(int(groups.max()) + 1, dtype=np.int64)
    examples[groups[by_share[::-1]]] = by_share[::-1]
    return groups, examples
