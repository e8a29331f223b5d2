"""The network verifies its own drafts: any-order's distribution to the last digit, in fewer passes."""

import doctest

import numpy as np
import pytest
import torch

from playground.diffusion import UnmaskSettings, exact_distribution
from playground.diffusion.meter import total_variation, true_distribution
from playground.diffusion.samplers import rule_for, self_verifying
from tests.diffusion.runs import CHAIN, Table, run


class Inconsistent:
    """Conditionals of 3 words at 4 places that belong to no joint distribution: every order has a law of its own."""

    vocab_size = mask_id = 3
    pair = torch.from_numpy(np.random.default_rng(1).normal(size=(4, 4, 4, 3)))

    def logits(self, canvas):
        at = [self.pair[i, canvas[:, i - 1], canvas[:, i - 2]] for i in range(4)]
        return torch.stack(at, dim=1)


@pytest.mark.parametrize("denoiser", [CHAIN, Inconsistent()], ids=["exact", "inconsistent"])
@pytest.mark.parametrize("fields", [{}, {"temperature": 0.6, "top_p": 0.9}, {"guidance": 1.0}])
@pytest.mark.parametrize("canvas", [None, [3, 2, 3, 3]])
def test_its_law_is_that_of_any_order(denoiser, fields, canvas):
    wanted = exact_distribution(
        denoiser, UnmaskSettings("any-order", 1, **fields), 4, canvas=canvas
    )
    for steps in (1, 2, 4):  # four, three and two drafts in the first pass
        settings = UnmaskSettings("self-verifying", steps, **fields)
        law = exact_distribution(denoiser, settings, 4, canvas=canvas)
        assert total_variation(law, wanted) <= 1e-12


def test_drawing_all_drafts_unverified_would_be_far_off():
    """The same drafts without the check are what MDLM draws in one step: the check is what makes it exact."""
    unverified = exact_distribution(CHAIN, UnmaskSettings("mdlm", 1), 4)
    assert total_variation(unverified, true_distribution(CHAIN, 4)) > 0.1


@pytest.mark.parametrize(
    ("steps", "passes"),
    [(1, [8]), (2, [3, 5]), (4, [2, 3, 3]), (100, [2, 2, 2, 2])],
)
def test_the_window_follows_the_cosine_and_is_two_at_least(steps, passes):
    rule, left, taken = rule_for(UnmaskSettings("self-verifying", steps)), np.array([8]), []
    while left[0]:
        taken.append(int(rule.window(left, np.array([8]))[0]))
        left = left - taken[-1]
    assert taken == passes


def test_a_pass_takes_two_words_at_least_and_counts_the_canvases_it_asks_about():
    table = Table()
    steps = run(table, np.full((1, 9), 4), UnmaskSettings("self-verifying", 3, seed=4))
    revealed = [int(step.revealed.sum()) for step in steps]
    assert sum(revealed) == 9 and all(n >= 2 for n in revealed[:-1])
    assert steps[-1].calls[0] == sum(len(asked) for asked in table.asked)
    assert len(table.asked) <= 2 * len(steps)  # one call for the drafts, one for all checks


def test_many_checks_are_asked_in_parts(monkeypatch):
    canvas, settings = np.full((2, 9), 4), UnmaskSettings("self-verifying", 1)
    whole = run(Table(), canvas, settings)
    monkeypatch.setattr(self_verifying, "MOST_LOGITS", 3 * 9 * 6)
    table = Table()
    parts = run(table, canvas, settings)
    assert torch.equal(whole[-1].canvas, parts[-1].canvas)
    assert max(len(asked) for asked in table.asked) == 3


def test_the_worked_example():
    assert doctest.testmod(self_verifying).failed == 0
