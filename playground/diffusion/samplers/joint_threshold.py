"""Joint threshold: LLaDA2.1, arXiv 2602.08676; SGLang, joint_threshold.py."""

from __future__ import annotations

import numpy as np

from playground.diffusion.draws import TOKEN
from playground.diffusion.samplers.base import Sampler, add_sampler
from playground.i18n import t

AFTERWARDS = 16  # steps without a mask at most


@add_sampler
class JointThreshold(Sampler):
    """Each step, at every position of (B, L) that was not given: x = the likeliest token, p its
    untempered probability. Masks with p above the threshold open, the surest one in any case; words
    with p above edit_threshold whose x is another one are replaced by it. Without a mask it goes on
    for AFTERWARDS steps at most, until nothing changes. Nothing is drawn: one text for each canvas,
    so never exact.
    """

    name = "joint-threshold"
    title = t("Joint threshold: replaces settled words")
    source = "LLaDA2.1, arXiv 2602.08676; SGLang, joint_threshold.py"
    explanation = t(
        "Uncovers every word that is sure enough (threshold), and replaces words that it settled "
        "before where it is surer of another one (edit threshold).\nAlways takes the likeliest "
        "word: seed, temperature and top-p change nothing."
    )
    note = t(
        "A network that was trained on masks alone has never seen a wrong word in its text: it "
        "mostly confirms what stands there."
    )
    exact_at_one = False
    reads = ("threshold", "edit_threshold", "guidance")

    def drive(self, run):
        own, k = run.open & ~run.prompt, 0
        going, after = own.any(1), np.zeros(len(own), dtype=np.int64)
        while k == 0 or going.any():
            where = own & going[:, None]
            prediction = run.predict(where, going)
            best = prediction.draw(where, run.uniforms(k, TOKEN), 0.0, 1.0)
            sure = np.where(where, prediction.confidence, -1.0)
            masked = where & run.masked
            opened = masked & (sure > self.settings.threshold)
            opened |= _surest(masked, sure) & ~opened.any(1)[:, None]
            edited = where & ~run.masked & (sure > self.settings.edit_threshold)
            edited &= best != run.canvas
            late = going & ~masked.any(1)
            after += late
            run.put(opened | edited, best)
            settled = late & (~edited.any(1) | (after >= AFTERWARDS))
            going = going & ~settled
            k += 1
            yield


def _surest(masked: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """(B, L) bool: the masked position of each row with the largest probability, the first among
    equals."""
    place = np.where(masked, sure, -2.0).argmax(1)
    return masked & (np.arange(masked.shape[1]) == place[:, None])
