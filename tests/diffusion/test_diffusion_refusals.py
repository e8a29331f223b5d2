"""What ends a run with a sentence, and what must not hang it."""

import numpy as np
import pytest
import torch

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.drafts import SelfReading
from tests.diffusion.runs import MASKED, Table, run


@pytest.mark.parametrize("name", [*MASKED, "gibbs"])
@pytest.mark.parametrize(("value", "what"), [(float("nan"), "NaN"), (float("inf"), r"\+inf")])
def test_bad_logits_end_the_run_with_a_sentence(name, value, what):
    class Broken(Table):
        def logits(self, canvas):
            out = super().logits(canvas)
            out[0, 2, 1] = value
            return out

    with pytest.raises(ValueError, match=f"got {what} at row 1, position 3"):
        run(Broken(), [[4, 4, 4, 4]], UnmaskSettings(name, 4))


@pytest.mark.parametrize("name", [*MASKED, "gibbs"])
def test_ties_and_minus_infinity_do_not_hang(name):
    class Narrow:
        vocab_size = mask_id = 3

        def logits(self, canvas):
            out = torch.zeros(*canvas.shape, 3)
            out[..., 1] = -torch.inf
            return out

        def draft(self, canvas):
            return SelfReading(self, canvas)

    last = run(Narrow(), np.full((2, 6), 3), UnmaskSettings(name, 4))[-1]
    assert not (last.canvas == 3).any() and not (last.canvas == 1).any()
    cold = run(Narrow(), np.full((1, 6), 3), UnmaskSettings(name, 4, temperature=0.0))
    assert (cold[-1].canvas == 0).all()
    if name in (
        "llada",
        "maskgit",
        "fast-dllm",
        "entropy-bound",
    ):  # equal scores: lowest position first
        assert bool(cold[0].revealed[0, 0])


@pytest.mark.parametrize(
    ("canvas", "locked", "sentence"),
    [
        ([[9]], None, r"canvas must hold ids in \[0, 5\] \(mask 4\), got 9"),
        ([[-1]], None, "canvas must hold ids"),
        ([], None, "at least one position"),
        ([[[4]]], None, "canvas must be"),
        ([[0.5]], None, "whole numbers"),
        ([[4, 4], [4]], None, "different lengths"),
        ([[4, 0]], [[True, True]], "locked must be False where the canvas is masked"),
        ([[4, 0]], [[True]], "locked must have the canvas's shape"),
    ],
)
def test_bad_canvases_are_refused_before_the_first_step(canvas, locked, sentence):
    with pytest.raises(ValueError, match=sentence):
        unmask(Table(), canvas, UnmaskSettings("mdlm", 2), locked=locked)


def test_a_denoiser_of_the_wrong_shape_and_one_without_posterior():
    class Short(Table):
        def logits(self, canvas):
            return super().logits(canvas)[:, :1]

    with pytest.raises(
        ValueError, match=r"logits must be \(B, L, V\) = \(1, 3, 6\), got \(1, 1, 6\)"
    ):
        run(Short(), [[4, 4, 4]], UnmaskSettings("mdlm", 2))
    for name in ("uniform", "diffusion-lm", "cdcd"):
        with pytest.raises(
            ValueError,
            match=f"sampler {name} needs a denoiser whose vocabulary leaves the mask out",
        ):
            run(Table(), [[4, 4]], UnmaskSettings(name, 2))
