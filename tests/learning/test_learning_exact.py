"""On a policy whose traces can all be enumerated the estimator's mean is the gradient of E[R], and
credits add up."""

import itertools

import pytest
import torch

from playground.learning import exact, trace
from playground.learning.exact import BLANK, PLACES, WORDS, Toy


@pytest.fixture(params=range(3))
def toy(request):
    dice = torch.Generator().manual_seed(request.param)
    texts = itertools.product(range(WORDS), repeat=PLACES)
    rewards = {text: torch.randn((), generator=dice).item() for text in texts}
    logits = torch.randn(6, 2, generator=dice, dtype=torch.float64, requires_grad=True)
    return Toy(rewards, logits)


def test_all_traces_are_there_and_their_chances_add_up_to_one(toy):
    paths = list(toy.paths())
    assert len({path.states[-1] for path in paths}) == len(paths) == WORDS**PLACES
    assert sum(path.chance.item() for path in paths) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("by_credit", [False, True])
def test_the_mean_of_the_estimator_is_the_gradient_of_the_expected_reward(toy, by_credit):
    exact = toy.gradient()
    assert exact.abs().max() > 1e-3
    assert (toy.estimated(by_credit)[0] - exact).abs().max() < 1e-12


def test_credits_add_up_to_the_reward_less_the_value_of_the_blank_canvas(toy):
    blank = toy.value(0, BLANK).item()
    for path in toy.paths():
        credits = trace.credits(toy.values(path))
        assert len(credits) == 2 and sum(credits) == pytest.approx(path.reward - blank, abs=1e-12)


def test_the_mean_credit_of_a_step_is_nothing(toy):
    for step in range(2):
        mean = sum(
            path.chance.item() * trace.credits(toy.values(path))[step] for path in toy.paths()
        )
        assert mean == pytest.approx(0, abs=1e-12)


def test_the_divergence_is_the_mean_of_the_published_estimate_and_nothing_at_home():
    now, first = torch.log_softmax(torch.randn(2, 1, 5, dtype=torch.float64), -1)
    ratio = first - now
    mean = (now.exp() * (ratio.expm1() - ratio)).sum()
    assert trace.divergence(now, first).item() == pytest.approx(mean.item(), abs=1e-12)
    assert mean > 0 and trace.divergence(now, now).item() == 0


def test_the_price_is_paid_for_each_token_and_beta_is_its_rate():
    now, nothing = torch.zeros(2), torch.zeros(2)
    assert trace.loss(now, now, torch.tensor([1.0, 3.0]), nothing, 0.5).tolist() == [0.5, 1.5]


def test_beyond_the_clip_nothing_is_gained():
    now = torch.tensor([1.5, 0.5, 1.5, 0.5], dtype=torch.float64).log().requires_grad_(True)
    advantage = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.float64)
    nothing = torch.zeros(4, dtype=torch.float64)
    lost = trace.loss(now, nothing, nothing, advantage, 0.0)
    assert lost.tolist() == pytest.approx([-1.2, 0.8, 1.5, -0.5])
    pulled = torch.autograd.grad(lost.sum(), now)[0]
    assert (pulled[:2] == 0).all() and (pulled[2:] != 0).all()


def test_steps_are_joined_in_groups_and_equal_rewards_teach_nothing():
    assert [list(group) for group in trace.shrink(6, 4)] == [[0, 1, 2, 3], [4, 5]]
    assert [list(group) for group in trace.shrink(3, 1)] == [[0], [1], [2]]
    with pytest.raises(ValueError, match="size"):
        trace.shrink(3, 0)
    assert trace.standardised(torch.full((4,), 0.3)).tolist() == [0, 0, 0, 0]
    made = trace.standardised(torch.tensor([0.0, 1.0, 1.0, 0.0]))
    assert made.tolist() == [-1, 1, 1, -1]


@pytest.mark.parametrize("kind", exact.KIND.choices)
def test_the_record_of_a_toy_holds_every_trace_and_its_figures_agree(kind):
    record = exact.record(kind, 3)
    paths, rows = record["paths"], record["rows"]
    assert len(paths) == 8 and sum(path["chance"] for path in paths) == pytest.approx(1, abs=1e-12)
    expected = sum(path["chance"] * path["reward"] for path in paths)
    for path in paths:
        assert path["states"][0] == [None] * 3 and None not in path["states"][-1]
        assert path["values"][0] == pytest.approx(expected, abs=1e-12)
        assert sum(path["credits"]) == pytest.approx(path["reward"] - expected, abs=1e-12)
    assert len(rows) == 6 and max(abs(row["gradient"]) for row in rows) > 1e-3
    for row in rows:
        assert row["whole"] == pytest.approx(row["gradient"], abs=1e-12)
        assert row["credit"] == pytest.approx(row["gradient"], abs=1e-12)


def test_a_single_trace_is_off_by_less_where_each_step_is_paid_by_its_own_credit():
    for kind in exact.KIND.choices:
        for seed in range(5):
            spread = exact.record(kind, seed)["spread"]
            assert 0 < spread["credit"] < spread["whole"]


def test_the_gradient_is_what_a_small_step_of_a_logit_changes():
    small, row = 1e-6, 2
    made = exact.toy("turn", 1)
    moved = made.logits.detach().clone()
    moved[row, 1] += small
    other = Toy(made.rewards, moved)
    gained = (other.value(0, BLANK) - made.value(0, BLANK)).item() / small
    assert exact.record("turn", 1)["rows"][row]["gradient"] == pytest.approx(gained, rel=1e-4)
