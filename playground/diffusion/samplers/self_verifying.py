"""Self-speculative masked diffusion, arXiv 2510.03929, without the verifier's weights: the network verifies its own drafts."""

from __future__ import annotations

import numpy as np

from playground.diffusion.draws import ACCEPT, ORDER, REFUSED
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.i18n import t

MOST_LOGITS = 2**26  # numbers of a batched call of a network that answers at every place


@add_sampler
class SelfVerifying(Sampler):
    """A pass: drafts d_1 .. d_k at k masked places in a random order, all from one call, p_i (V,); then one batched call.

    Its canvases reveal 0 .. k - 1 drafts and give q_i = law of place i given the drafts before it, q_1 = p_1. Draft i is
    accepted with min(1, q_i(d_i) / p_i(d_i)); the first one refused is drawn anew from max(0, q_i - p_i), normalised, and
    ends the pass. So each token has the law q_i, and the text that of any-order: always exact, two tokens a pass at least.
    """

    name = "self-verifying"
    title = t("Self-verifying: drafts and checks")
    source = "Campbell et al. 2025, arXiv 2510.03929"
    explanation = t(
        "Drafts many words at once, then checks them one after another against what the "
        "network says with the drafts before.\nKeeps them up to the first that fails and "
        "draws that one anew: the distribution of any order, in fewer rounds."
    )
    reads = ("steps", "guidance")

    def window(self, masks: np.ndarray, first: np.ndarray) -> np.ndarray:
        """(B,) places that a pass may draft, of masks (B,) left of `first` (B,): those that MaskGIT's cosine, in `steps`
        steps, takes from where the canvas stands; two at least, where two are left."""
        ratio = 2.0 / np.pi * np.arccos(masks / np.maximum(first, 1)) + 1.0 / self.settings.steps
        left = np.floor(first * np.cos(np.pi / 2 * np.minimum(ratio, 1.0)) + 1e-9).astype(np.int64)
        return np.minimum(masks, np.maximum(2, masks - left))

    def drive(self, run):
        first, k = run.masked.sum(1), 0
        while k == 0 or run.masked.any():
            key = np.where(run.masked, run.uniforms(k, ORDER), np.inf)
            order = np.argsort(key, axis=1, kind="stable")
            rank = np.argsort(order, axis=1, kind="stable")  # (B, L): which draft a place has
            where = run.masked & (rank < self.window(run.masked.sum(1), first)[:, None])
            p = self.laws(run.predict(run.masked), where)  # (n, V)
            drafts = run.draw(where, k)
            q = self.verified(run, p, where, rank, drafts)
            refused = np.zeros_like(where)
            chance = acceptance(p, q, drafts[where])
            refused[where] = run.uniforms(k, ACCEPT)[where] >= chance
            stop = np.where(refused, rank, run.length).min(1)[:, None]  # (B, 1) the first refused
            refused &= rank == stop
            again = residual(p, q)[refused[where]]
            run.put(where & (rank < stop), drafts)
            run.put(refused, run.draw_from(refused, again, k, REFUSED))
            k += 1
            yield

    def laws(self, prediction, where: np.ndarray) -> np.ndarray:
        return prediction.probabilities(where, self.settings.temperature, self.settings.top_p)

    def verified(self, run, p, where, rank, drafts) -> np.ndarray:
        """(n, V): q at the places `where`; one batched call over the rows and their drafts but the first, whose q is p."""
        rows, places = np.nonzero(where)
        later = np.nonzero(rank[rows, places] > 0)[0]
        q, most = (
            p.copy(),
            max(1, MOST_LOGITS // (run.length * run.size)),
        )  # canvases in memory at once
        for begin in range(0, len(later), most):
            some = later[begin : begin + most]
            row, place = rows[some], places[some]
            before = where[row] & (rank[row] < rank[row, place][:, None])  # (m, L)
            checks = run.like(np.where(before, drafts[row], run.canvas[row]), row)
            here = np.arange(run.length) == place[:, None]
            q[some] = self.laws(checks.predict(here), here)
            np.add.at(run.calls, row, checks.calls)
        return q


def acceptance(p: np.ndarray, q: np.ndarray, drafts: np.ndarray) -> np.ndarray:
    """(n,) min(1, q / p) of drafts (n,) drawn from p (n, V).

    >>> acceptance(np.array([[.5, .5]]), np.array([[.2, .8]]), np.array([0])).tolist()
    [0.4]
    """
    each = np.arange(len(drafts))
    return np.minimum(1.0, q[each, drafts] / np.maximum(p[each, drafts], 1e-300))


def residual(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """(n, V) max(0, q - p), normalised; q where nothing is left of it but rounding."""
    rest = np.maximum(0.0, q - p)
    total = rest.sum(1, keepdims=True)
    return np.where(total > 0, rest / np.maximum(total, 1e-300), q)
