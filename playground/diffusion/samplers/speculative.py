"""Self-speculative masked diffusion, arXiv 2510.03929: many drafts from one call, checked one after
another.

A pass: an order of the masked places; drafts d_1 .. d_k at the first k of them, all from one call,
p_i (V,); then q_i, the law of place i given the canvas and the drafts before it. Draft i is
accepted with min(1, q_i(d_i) / p_i(d_i)); the first one refused is drawn anew from max(0, q_i -
p_i), normalised, and ends the pass. So each word has the law q_i whatever was drafted, and where
q_1 = p_1 a pass writes two words at least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playground.diffusion.draws import ACCEPT, ORDER, REFUSED
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.i18n import t

if TYPE_CHECKING:  # the page reads the cards before torch is imported
    from playground.diffusion.drafts import Drafts
    from playground.diffusion.prediction import Prediction

MOST_LOGITS = 2**26  # numbers of a batched call of a network that answers at every place


class Speculative(Sampler):
    """What both have in common: the order, the window, the drafts, the acceptance and the
    replacement."""

    source = "Campbell et al. 2025, arXiv 2510.03929"

    def window(self, masks: np.ndarray, first: np.ndarray) -> np.ndarray:
        """(B,) places that a pass may draft, of masks (B,) left of `first` (B,): those that
        MaskGIT's cosine, in `steps` steps, takes from where the canvas stands; two at least, where
        two are left."""
        ratio = 2.0 / np.pi * np.arccos(masks / np.maximum(first, 1)) + 1.0 / self.settings.steps
        left = np.floor(first * np.cos(np.pi / 2 * np.minimum(ratio, 1.0)) + 1e-9).astype(np.int64)
        return np.minimum(masks, np.maximum(2, masks - left))

    def candidates(self, left: list[int]) -> list[int]:
        """Of the places `left`, in the order of the text, those that may come next, each as likely
        as the others."""
        return left

    def drive(self, run):
        first, k = run.masked.sum(1), 0
        while k == 0 or run.masked.any():
            key = np.where(run.masked, run.uniforms(k, ORDER), np.inf)
            order = np.argsort(key, axis=1, kind="stable")
            rank = np.argsort(order, axis=1, kind="stable")  # (B, L): which draft a place has
            where = run.masked & (rank < self.window(run.masked.sum(1), first)[:, None])
            reading = self.read(run)
            assert run.prediction is not None, "read() asks the network"
            p = self.laws(run.prediction, where)  # (n, V)
            drafts = run.draw(where, k)
            q = self.verified(run, reading, p, where, rank, drafts)
            refused = np.zeros_like(where)
            chance = acceptance(p, q, drafts[where])
            refused[where] = run.uniforms(k, ACCEPT)[where] >= chance
            stop = np.where(refused, rank, run.length).min(1)[:, None]  # (B, 1) the first refused
            refused &= rank == stop
            here = refused[where]
            run.put(where & (rank < stop), drafts)
            run.put(refused, run.draw_from(refused, residual(p[here], q[here]), k, REFUSED))
            run.drafts = self.seen(run, p, q, where, rank, drafts, refused)
            k += 1
            yield

    def laws(self, prediction: Prediction, where: np.ndarray) -> np.ndarray:
        return prediction.probabilities(where, self.settings.temperature, self.settings.top_p)

    def seen(self, run, p, q, where, rank, drafts, refused) -> Drafts:
        """The pass, for its record."""
        from playground.diffusion.drafts import Drafts, likeliest_left

        each, here = np.arange(int(where.sum())), np.nonzero(refused[where])[0]
        chosen = {}
        for name, law in (("p", p), ("q", q)):
            chosen[name] = np.full(where.shape, np.nan)
            chosen[name][where] = law[each, drafts[where]]
        rows = np.nonzero(where)[0]
        left = {int(rows[n]): likeliest_left(p[n], q[n]) for n in here}
        return Drafts(
            where, rank, drafts, **chosen, refused=refused, left=left, written=run.canvas.copy()
        )

    def read(self, run):
        """Ask about the canvas, so that `run.prediction` has the drafts' laws; returns what
        `verified` needs."""
        raise NotImplementedError

    def verified(self, run, reading, p, where, rank, drafts) -> np.ndarray:
        """(n, V): q at the places `where`."""
        raise NotImplementedError

    def next_law(self, run, filled: np.ndarray, order: list[int], turn: int) -> np.ndarray:
        """(B, V): q at place order[turn], the places before it as in filled (B, L); the rows of run
        mask all of `order`."""
        raise NotImplementedError


@add_sampler
class SelfVerifying(Speculative):
    """The drafts are checked by the network that made them, in one batched call.

    Its canvases reveal 0 .. k - 1 drafts, q_1 = p_1. So each token has the law q_i, and the text
    that of any-order: always exact.
    """

    name = "self-verifying"
    title = t("Self-verifying: drafts and checks")
    explanation = t(
        "Drafts many words at once, then checks them one after another against what the "
        "network says with the drafts before.\nKeeps them up to the first that fails and "
        "draws that one anew: the distribution of any order, in fewer rounds."
    )
    reads = ("steps", "guidance")
    always = "model"

    def read(self, run):
        run.predict(run.masked)

    def verified(self, run, reading, p, where, rank, drafts) -> np.ndarray:
        """One batched call over the rows and their drafts but the first, whose q is p."""
        rows, places = np.nonzero(where)
        later = np.nonzero(rank[rows, places] > 0)[0]
        # canvases in memory at once
        q, most = p.copy(), max(1, MOST_LOGITS // (run.length * run.size))
        for begin in range(0, len(later), most):
            some = later[begin : begin + most]
            row, place = rows[some], places[some]
            before = where[row] & (rank[row] < rank[row, place][:, None])  # (m, L)
            checks = run.like(np.where(before, drafts[row], run.canvas[row]), row)
            q[some] = self.check(checks, place)
            np.add.at(run.calls, row, checks.calls)
        return q

    def check(self, run, place: np.ndarray) -> np.ndarray:
        """(B, V): the laws of a run's rows at one place of each."""
        from playground.diffusion.drafts import forgiving

        run.denoiser = forgiving(run.denoiser)
        here = np.arange(run.length) == place[:, None]
        return self.laws(run.predict(here), here)

    def next_law(self, run, filled, order, turn):
        rows = np.arange(len(filled))
        return self.check(run.like(filled, rows), np.full(len(filled), order[turn]))


@add_sampler
class SelfSpeculative(Speculative):
    """The drafts are checked by a verifier that was trained for it, in one go: the text has the
    verifier's law.

    An exact denoiser has no need of a trained one: its own law given the drafts before is the
    verifier.
    """

    name = "self-speculative"
    title = t("Self-speculative: a trained verifier")
    explanation = t(
        "Drafts many words in one call; a small second network, trained for it, reads them one "
        "after another and says how likely each is.\nKeeps them up to the first that fails and "
        "draws that one anew: what is written has the verifier’s distribution."
    )
    reads = ("steps",)
    needs_verifier = True
    always = "verifier"
    price = (
        1.70  # a whole pass ÷ a call, measured: "price" in assets/models/fairy-verifier/report.json
    )

    def refuse_denoiser(self, denoiser) -> None:
        problem = getattr(denoiser, "draft_problem", "")
        if not problem and not hasattr(denoiser, "draft") and not hasattr(denoiser, "posterior"):
            problem = t(
                "sampler self-speculative needs a model with a trained verifier, or an exact one; "
                "this one has none"
            )
        if problem:
            raise ValueError(problem)

    def ask(self, run, rows: np.ndarray):
        """The reading of these rows of a run."""
        import torch

        from playground.diffusion.drafts import SelfReading

        canvas = torch.from_numpy(run.canvas[rows].copy())
        if hasattr(run.denoiser, "draft"):
            return run.denoiser.draft(canvas)
        return SelfReading(run.denoiser, canvas)

    def read(self, run):
        import torch

        rows = np.nonzero(run.masked.any(1))[0]
        if len(rows) == 0:
            return run.answered(rows, torch.zeros((0, run.length, run.size)))
        reading = self.ask(run, rows)
        run.answered(rows, torch.as_tensor(reading.logits))
        return reading

    def verified(self, run, reading, p, where, rank, drafts) -> np.ndarray:
        import torch

        from playground.diffusion.prediction import Prediction

        rows = np.nonzero(where.any(1))[0]
        if len(rows) == 0:
            return p
        masked = run.masked[rows]
        most, width = int(masked.sum(1).max()), int(where[rows].sum(1).max())
        order = np.argsort(np.where(masked, rank[rows], run.length), axis=1, kind="stable")
        order = np.where(np.arange(most) < masked.sum(1)[:, None], order[:, :most], -1)
        pieces = np.where(where, drafts, run.canvas)[rows]
        logits = reading.verify(torch.from_numpy(pieces), torch.from_numpy(order), width)
        slot = np.full(where.shape, -1, dtype=np.int64)
        slot[rows] = np.where(where[rows], rank[rows] + width * np.arange(len(rows))[:, None], -1)
        logits = torch.as_tensor(logits).reshape(len(rows) * width, -1).clone()
        return self.laws(Prediction(slot, logits, run.mask_id), where)

    def next_law(self, run, filled, order, turn):
        import torch

        from playground.diffusion.prediction import Prediction

        every = np.arange(len(filled))
        asked = torch.from_numpy(np.repeat(np.array(order)[None], len(filled), axis=0))
        logits = self.ask(run, every).verify(torch.from_numpy(filled.copy()), asked, turn + 1)
        logits = torch.as_tensor(logits)[:, turn].clone()
        return self.laws(
            Prediction(every[:, None], logits, run.mask_id), np.ones((len(filled), 1), dtype=bool)
        )


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
