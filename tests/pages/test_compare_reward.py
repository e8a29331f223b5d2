"""A network that learns from a reward, on Compare: what a run tells, what stays untouched, bad requests, one at a time."""

import threading

import pytest
import torch

from playground.backend.service import Backend
from playground.learning import rewards
from playground.learning.policy import Policy
from playground.learning.shipped import scene
from playground.learning.training import MASKS, STEPS, Wish, train
from playground.pages.compare import links, reward
from playground.pages.compare.recorded import recorded
from tests.pages.doubles import DoubleBackend

SMALL = {"compared": 8, "continued": 4, "shown": 4}


@pytest.fixture(scope="module")
def shipped():
    return scene()


@pytest.fixture(scope="module")
def told(shipped):
    return list(train(shipped, Wish(rewards.short, updates=3, seed=5, **SMALL)))


def test_a_run_tells_before_each_update_after_and_the_credit(told):
    assert [next(iter(one)) for one in told] == ["before", *["update"] * 3, "after", "credit"]
    assert [one["update"]["n"] for one in told[1:4]] == [1, 2, 3]
    assert told[1]["update"]["drift"] == pytest.approx(0, abs=1e-6)  # nothing is learnt yet
    assert told[3]["update"]["drift"] > 1e-4
    assert told[0]["before"]["of"] == 8 and len(told[4]["after"]["texts"]) == 4
    assert told[0]["before"]["texts"] != told[4]["after"]["texts"]


def test_credits_add_up_and_each_step_reveals_its_share(told):
    credit = told[-1]["credit"]
    values = credit["values"]
    assert sum(credit["credits"]) == pytest.approx(values[-1] - values[0], abs=1e-12)
    assert [credit["steps"].count(step) for step in range(STEPS)] == [MASKS // STEPS] * STEPS
    paid = told[4]["after"]["texts"][credit["row"]]
    assert values[-1] == pytest.approx(paid["reward"])
    assert "".join(credit["pieces"]).split()[0] == paid["text"].split()[0]


def test_a_run_is_the_same_again_and_leaves_the_network_as_it_was(shipped, told):
    weights = {name: one.clone() for name, one in shipped.network.state_dict().items()}
    again = list(train(shipped, Wish(rewards.short, updates=3, seed=5, **SMALL)))
    assert again[0] == told[0] and again[4] == told[4]
    now = shipped.network.state_dict()
    assert all(torch.equal(one, now[name]) for name, one in weights.items())


def test_a_row_draws_alone_what_it_draws_among_others(shipped):
    policy = Policy(shipped.network, shipped.mask_id)
    many, _ = policy.rollout(shipped.canvases(4), STEPS, 1)
    one, trace = policy.rollout(shipped.canvases(1), STEPS, 1)
    order = [step.where[0].nonzero()[:, 0].tolist() for step in trace]
    assert sorted(place for step in order for place in step) == list(range(5, 5 + MASKS))
    assert (many != shipped.mask_id).all() and one.shape == (1, 5 + MASKS)


def test_joined_steps_learn_too(shipped):
    policy = Policy(shipped.network, shipped.mask_id)
    _, trace = policy.rollout(shipped.canvases(4), STEPS, 1)
    start = [one.detach().clone() for one in policy.parameters]
    assert policy.update(trace, torch.tensor([0.0, 1, 0, 1]), 0.1, size=4) == pytest.approx(
        0, abs=1e-6
    )
    assert any(not torch.equal(one, old) for one, old in zip(policy.parameters, start, strict=True))


@pytest.mark.parametrize(
    ("field", "value"),
    [("reward", "gold"), ("beta", 3), ("updates", 0), ("seed", -1), ("words", ""), ("beta", "x")],
)
def test_a_bad_value_is_a_sentence_that_names_the_field(field, value):
    with pytest.raises(ValueError, match=field):
        list(reward.run(DoubleBackend(), {**links.start("reward"), field: value}))


def test_the_recorded_run_is_what_the_part_begins_with():
    kept = recorded()["reward"]
    assert kept["request"] == links.start("reward")
    updates = [one["update"] for one in kept["frames"] if "update" in one]
    assert len(updates) == kept["request"]["updates"]
    credit = next(one["credit"] for one in kept["frames"] if "credit" in one)
    assert sum(credit["credits"]) == pytest.approx(credit["values"][-1] - credit["values"][0])


def test_one_training_at_a_time_and_it_keeps_nobody_from_writing():
    runs = Backend()
    first, second, writer = (
        runs.run("a", "compare", "m", "training"),
        runs.run("b", "compare", "m", "training"),
        runs.run("c", "compare", "m", "long"),
    )
    assert first.enter(0) == 0 and second.enter(0) == 1 and writer.enter(0) == 0
    threading.Timer(0.05, first.leave).start()
    assert second.enter(5) == 0
