"""A network that learns from a reward, on Compare: what a run tells, what stays untouched, bad
requests, one at a time."""

import base64
import itertools
import json
import threading

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load

from playground.backend.service import Backend
from playground.learning import rewards
from playground.learning.policy import Policy
from playground.learning.shipped import scene
from playground.learning.training import MASKS, STEPS, Wish, train
from playground.learning.weights import learnt_file
from playground.pages.compare import learnt, links, reward
from playground.pages.compare.recorded import measured_rewards, recorded
from tests.pages.doubles import DoubleBackend

SMALL = {"compared": 8, "continued": 4, "shown": 4}


@pytest.fixture(scope="module")
def shipped():
    return scene()


@pytest.fixture(scope="module")
def records(shipped):
    return list(train(shipped, Wish(rewards.short, updates=3, seed=5, **SMALL)))


def test_a_run_tells_before_each_update_after_and_the_credit(records):
    assert [next(iter(one)) for one in records] == ["before", *["update"] * 3, "after", "credit"]
    assert [one["update"]["n"] for one in records[1:4]] == [1, 2, 3]
    assert records[1]["update"]["drift"] == pytest.approx(0, abs=1e-6)  # nothing is learnt yet
    assert records[3]["update"]["drift"] > 1e-4
    assert records[0]["before"]["of"] == 8 and len(records[4]["after"]["texts"]) == 4
    assert records[0]["before"]["texts"] != records[4]["after"]["texts"]


def test_credits_add_up_and_each_step_reveals_its_share(records):
    credit = records[-1]["credit"]
    values = credit["values"]
    assert sum(credit["credits"]) == pytest.approx(values[-1] - values[0], abs=1e-12)
    assert [credit["steps"].count(step) for step in range(STEPS)] == [MASKS // STEPS] * STEPS
    paid = records[4]["after"]["texts"][credit["row"]]
    assert values[-1] == pytest.approx(paid["reward"])
    assert "".join(credit["pieces"]).split()[0] == paid["text"].split()[0]


def test_a_run_is_the_same_again_and_leaves_the_network_as_it_was(shipped, records):
    weights = {name: one.clone() for name, one in shipped.network.state_dict().items()}
    again = list(train(shipped, Wish(rewards.short, updates=3, seed=5, **SMALL)))
    assert again[0] == records[0] and again[4] == records[4]
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


def test_the_hacked_run_differs_in_beta_alone_and_reads_worse():
    kept = recorded()["reward"]
    assert kept["hacked"]["request"] == {**kept["request"], "beta": 0.05}

    def part(run, name):
        return next(one[name] for one in run["frames"] if name in one)

    assert part(kept, "before") == part(kept["hacked"], "before")
    mild, cheap = part(kept, "after"), part(kept["hacked"], "after")
    assert cheap["nats"] > mild["nats"] + 0.2 and cheap["reward"] > mild["reward"]


def test_the_table_of_seeds_is_of_the_settings_that_the_part_begins_with():
    table, start = measured_rewards(), links.start("reward")
    assert table["settings"] == {name: start[name] for name in ("beta", "updates")}
    assert len(table["seeds"]) == len(table["rows"]) == 5
    for name, rows in (("hit", [row["after"]["hit"] for row in table["rows"]]),):
        assert table[name][1][0] == pytest.approx(sum(rows) / 5, abs=1e-4)
    assert table["nats"][0] == pytest.approx(
        sum(row["difference"] for row in table["rows"]) / 5, abs=1e-4
    )


def test_what_was_learnt_is_a_file_that_the_network_takes(shipped, tmp_path):
    policy = Policy(shipped.network, shipped.mask_id)
    for _ in range(2):
        _, trace = policy.rollout(shipped.canvases(4), STEPS, 1)
        policy.update(trace, torch.tensor([0.0, 1, 0, 1]), 0.1)
    data = learnt_file(policy, {"network": "fairy-diffusion"})
    assert len(data) < learnt.MOST_BYTES
    tensors = load(data)
    names = shipped.network.state_dict()
    assert set(tensors) < set(names)
    (tmp_path / "x").write_bytes(data)
    with safe_open(tmp_path / "x", "pt") as file:
        assert file.metadata() == {"format": "pt", "network": "fairy-diffusion"}
    other = scene().network
    other.load_state_dict({name: one.float() for name, one in tensors.items()}, strict=False)
    where = shipped.canvases(1) == shipped.mask_id
    states = policy.below(shipped.canvases(1))
    own = Policy(other, shipped.mask_id).logs(states, where, first=True)
    now, before = policy.logs(states, where), policy.logs(states, where, first=True)
    far = (now.exp() - before.exp()).abs().max()
    assert (now.exp() - own.exp()).abs().max() < 0.2 * far


def test_a_file_is_handed_out_once_and_the_oldest_goes():
    kept = learnt.Learnt()
    for name in ("a", "b", "c"):
        kept.keep(name, name.encode())
    assert kept.take("c", lambda: False) == b"c"
    for name in ("c", "a", "never"):
        with pytest.raises(ValueError, match="train again"):
            kept.take(name, lambda: False)
    assert kept.take("b", lambda: False) == b"b"
    with pytest.raises(ValueError, match="at most"):
        kept.keep("d", bytes(learnt.MOST_BYTES + 1))


def test_a_file_that_nobody_fetches_is_forgotten():
    kept = learnt.Learnt(seconds=0.0)
    kept.keep("a", b"a")
    for timer in threading.enumerate():
        if isinstance(timer, threading.Timer) and timer.interval == 0:
            timer.join(5)
    with pytest.raises(ValueError, match="not here any more"):
        kept.take("a", lambda: False)


def test_a_page_that_stopped_its_training_waits_for_the_end_of_the_update():
    kept = learnt.Learnt()
    threading.Timer(0.05, kept.keep, ["a", b"a"]).start()
    assert kept.take("a", lambda: True, seconds=10) == b"a"


def test_an_update_that_takes_longer_than_a_question_waits_is_asked_for_again():
    kept = learnt.Learnt()
    assert kept.take("a", lambda: True, seconds=0.01) is None
    kept.keep("a", b"a")
    assert kept.take("a", lambda: True) == b"a"


def test_the_page_hears_that_the_stopped_update_still_goes_on(monkeypatch):
    monkeypatch.setattr(reward.LEARNT, "take", lambda name, still: None)
    assert reward.weights(DoubleBackend(), {"run": "a"}) == {"going": True}


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(reward, "wait_for", lambda backend, name: ())
    wish_of = reward.wish_of
    monkeypatch.setattr(
        reward,
        "wish_of",
        lambda raw: Wish(wish_of(raw).reward, updates=2, **SMALL),
    )


@pytest.mark.parametrize("stopped", [False, True])
def test_the_page_gets_what_its_training_learnt_and_nobody_gets_it_again(small, stopped):
    asked = {**links.start("reward"), "reward": "short", "run": f"stopped {stopped}"}
    frames = reward.run(DoubleBackend(), asked)
    for frame in frames:
        if stopped and "update" in frame:
            frames.close()
    answer = reward.weights(None, {"run": asked["run"]})
    data = base64.b64decode(answer["file"])
    assert data[8:9] == b"{"  # safetensors: the header's length, then the header
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert header["__metadata__"]["updates"] == ("1" if stopped else "2")
    assert json.loads(header["__metadata__"]["wish"])["reward"] == "short"
    with pytest.raises(ValueError, match="train again"):
        reward.weights(None, {"run": asked["run"]})


def test_updates_say_how_long_they_took_and_how_long_they_worked(records):
    updates = [one["update"] for one in records if "update" in one]
    for earlier, later in itertools.pairwise(updates):
        assert later["seconds"] > earlier["seconds"] and later["worked"] >= earlier["worked"]
    assert records[-1]["seconds"] >= records[-1]["worked"] > 0


def test_the_toy_of_the_page_is_the_enumerated_one_and_a_wrong_field_is_named():
    record = reward.toy(None, {"reward": "turn", "seed": 2})
    assert len(record["paths"]) == 8 and len(record["rows"]) == 6
    json.dumps(record, allow_nan=False)
    for wrong, field in (({"reward": "gold"}, "reward"), ({"reward": "turn", "seed": -1}, "seed")):
        with pytest.raises(ValueError, match=field):
            reward.toy(None, wrong)


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
