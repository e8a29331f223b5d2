"""What every run keeps: prompt and locks, blocks, reproducibility, and how often the network is
asked."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.samplers import find_sampler
from tests.diffusion.runs import CHAIN, MASKED, NAMES, Table, counts, run, same

# --------------------------------------------------------------------------------------------------
# properties


@given(
    st.sampled_from(MASKED),
    st.integers(1, 9),
    st.lists(st.sampled_from([0, 2, 4, 4, 4]), min_size=1, max_size=9),
    st.sampled_from([0.0, 0.7, 1.0]),
    st.sampled_from([None, 2, 3]),
    st.integers(0, 5),
)
@settings(max_examples=80, deadline=None)
def test_prompts_stay_and_no_mask_is_left(name, steps, canvas, temperature, block_length, seed):
    if "block_length" not in find_sampler(name).reads:
        block_length = None
    overlap = 1 if block_length and seed % 2 else 0
    chosen = UnmaskSettings(
        name, steps, temperature=temperature, block_length=block_length, overlap=overlap, seed=seed
    )
    fixed = np.array(canvas) != 4
    got = run(Table(seed), [canvas], chosen)
    before = np.array([canvas])
    for step in got:
        now = step.canvas.numpy()
        assert (now[0][fixed] == np.array(canvas)[fixed]).all()
        if name != "remdm":  # what is revealed stays, and is marked at the step that revealed it
            assert (now[before != 4] == before[before != 4]).all()
        assert ((now != before) <= step.revealed.numpy() | (now == 4)).all()
        assert not (step.revealed.numpy() & (now == 4)).any()
        before = now
    assert not (before == 4).any()
    confidence = got[-1].confidence.numpy()[0]
    assert (
        np.isnan(confidence[fixed]).all()
        and (confidence[~fixed] > 0).all()
        and (confidence[~fixed] <= 1).all()
    )


@pytest.mark.parametrize("name", NAMES)
def test_locked_words_stay_and_the_same_seed_gives_the_same_steps(name):
    canvas = np.array([[3, 1, 3, 2, 3], [0, 3, 3, 3, 1]])
    locked = np.array([[0, 1, 0, 0, 0], [0, 0, 0, 0, 1]], dtype=bool)
    chosen = UnmaskSettings(name, 5, seed=11)
    one, other = (
        run(CHAIN, canvas, chosen, locked=locked),
        run(CHAIN, torch.tensor(canvas), chosen, locked=locked),
    )
    same(one, other)
    for step in one:
        assert (step.canvas.numpy()[locked] == canvas[locked]).all()
    different = run(CHAIN, np.full((40, 6), 3), UnmaskSettings(name, 5, seed=1))[-1].canvas
    same_text = torch.equal(
        different, run(CHAIN, np.full((40, 6), 3), UnmaskSettings(name, 5, seed=2))[-1].canvas
    )
    assert same_text == (name == "joint-threshold")  # which draws nothing


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        *((name, {}) for name in NAMES),
        ("llada", {"block_length": 2}),
        ("llada", {"selection": "random"}),
        ("mdlm", {"block_length": 3, "overlap": 1}),
        ("dream", {"selection": "entropy", "alg_temp": 0.5}),
        ("gibbs", {"selection": "random"}),
        ("entropy-bound", {"selection": "renoise"}),
        ("mdlm", {"schedule": "entropy-linear"}),
        ("maskgit", {"alg_temp": 2.0}),
        ("fast-dllm", {"threshold": 0.5, "block_length": 2}),
    ],
)
def test_a_batch_row_equals_its_single_run(name, fields):
    canvas = np.array(
        [[3, 3, 3, 3, 3, 3], [1, 3, 3, 3, 3, 3], [3, 3, 0, 3, 2, 3], [0, 1, 3, 1, 0, 2]]
    )
    chosen = UnmaskSettings(name, 4, seed=5, **fields)
    batch = run(CHAIN, canvas, chosen)
    for row in range(4):
        single = run(CHAIN, canvas[row : row + 1], chosen, rows=[row])
        assert torch.equal(single[-1].canvas[0], batch[-1].canvas[row])
        for alone, together in zip(single, batch, strict=False):
            if name == "gibbs":
                break  # a row with fewer open places pauses at the end of a sweep
            assert torch.equal(alone.canvas[0], together.canvas[row])
            assert alone.calls[0] == together.calls[row]
            assert np.allclose(alone.confidence[0], together.confidence[row], equal_nan=True)


@pytest.mark.parametrize("name", ["llada", "dream", "mdlm", "gibbs"])
def test_guidance_zero_is_none_and_two_calls_otherwise(name):
    canvas = [[0, 4, 4, 2, 4]]
    plain, zero = Table(), Table()
    same(
        run(plain, canvas, UnmaskSettings(name, 3)),
        run(zero, canvas, UnmaskSettings(name, 3, guidance=0.0)),
    )
    assert len(plain.asked) == len(zero.asked)
    guided = Table()
    got = run(guided, canvas, UnmaskSettings(name, 3, guidance=2.0))
    assert got[-1].calls[0] == len(guided.asked)
    without = [asked for asked in guided.asked if (asked[0, [0, 3]] == 4).all()]
    assert len(without) * 2 == len(guided.asked)  # half of the calls have the prompt hidden


def test_guidance_is_the_published_formula():
    canvas = [[0, 4, 4]]
    table = Table(mask_logit=-5.0)
    step = run(table, canvas, UnmaskSettings("llada", 1, guidance=1.5))[0]
    cond, free = table.logits(torch.tensor(canvas)), table.logits(torch.tensor([[4, 4, 4]]))
    guided = 2.5 * cond - 1.5 * free
    guided[..., 4] = -torch.inf
    assert np.allclose(step.prediction.distribution(0, 1), guided[0, 1].softmax(-1), atol=1e-6)


@given(
    st.sampled_from(
        [
            "llada",
            "mdlm",
            "maskgit",
            "dream",
            "fast-dllm",
            "any-order",
            "entropy-bound",
            "sedd",
            "remdm",
        ]
    ),
    st.integers(1, 4),
    st.integers(1, 12),
    st.integers(0, 3),
)
@settings(max_examples=50, deadline=None)
def test_a_block_is_untouched_until_the_one_before_is_done(name, block_length, steps, seed):
    canvas = np.array([[4, 4, 0, 4, 4, 4, 1, 4, 4]])
    opened = np.nonzero(canvas[0] == 4)[0]
    block = {int(place): number // block_length for number, place in enumerate(opened)}
    finished = 0
    for step in unmask(
        Table(seed), canvas, UnmaskSettings(name, steps, block_length=block_length, seed=seed)
    ):
        touched = {block[int(place)] for place in np.nonzero(step.revealed[0].numpy())[0]}
        left = {block[int(place)] for place in opened if step.canvas[0, place] == 4}
        assert all(number <= finished for number in touched)
        finished = min(left, default=max(block.values()))


def test_windows_show_the_model_nothing_outside_themselves():
    table = Table()
    canvas = np.full((1, 11), 4)
    canvas[0, 0] = 3
    got = run(table, canvas, UnmaskSettings("llada", 8, block_length=5, overlap=2))
    assert {asked.shape[1] for asked in table.asked} == {5}
    assert not (got[-1].canvas == 4).any()
    # windows start every 3 positions; the second one opens with the last two words of the first
    second = next(
        asked
        for asked in table.asked
        if (asked[0] != 4).tolist() == [True, True, False, False, False]
    )
    assert torch.equal(second[0, :2], got[-1].canvas[0, 3:5])


def test_remdm_really_masks_again_and_says_so():
    steps = run(Table(), np.full((1, 30), 4), UnmaskSettings("remdm", 20, eta=0.5))
    states = [state for step in steps for state in step.record()["state"]]
    assert "remasked" in states and not (steps[-1].canvas == 4).any()
    assert sum(counts(steps)) > 30
    calm = run(Table(), np.full((1, 30), 4), UnmaskSettings("remdm", 20, eta=0.0))
    same(calm, run(Table(), np.full((1, 30), 4), UnmaskSettings("mdlm", 20)))


@pytest.mark.parametrize("schedule", ["linear", "cosine", "geometric", "linear-sigma"])
def test_remdm_masks_nothing_again_at_its_last_step(schedule):
    """geometric and linear-sigma still hide a little at time 0: masking again there would leave
    masks for good."""
    steps = run(
        CHAIN, np.full((4000, 8), 3), UnmaskSettings("remdm", 2, schedule=schedule, eta=1.0)
    )
    assert not (steps[-1].canvas == 3).any()
    assert not (steps[-1].state == 3).any()


def test_uniform_noise_changes_words_more_than_once():
    steps = run(CHAIN, np.full((1, 30), 3), UnmaskSettings("uniform", 12))
    changes = np.array([step.revealed[0].numpy() for step in steps[1:]]).sum(0)
    assert changes.max() > 1


def test_renoise_starts_from_words_and_stops_when_nothing_moves():
    denoiser = Table(mask_logit=-1.0)
    denoiser.place = (
        60.0 * torch.eye(6)[torch.arange(64) % 4]
    )  # so sure that the argmax is stable at once
    steps = run(
        denoiser,
        np.full((1, 6), 4),
        UnmaskSettings("entropy-bound", 50, selection="renoise", bound=0.1),
    )
    assert len(steps) < 10 and not any((step.canvas == 4).any() for step in steps)
    assert not any((asked == 4).any() for asked in denoiser.asked)


# --------------------------------------------------------------------------------------------------
# calls and cache


def test_the_cache_calls_as_often_as_words_are_revealed():
    length, steps, runs = 8, 20, 4000
    expected = steps * (1 - (1 - 1 / steps) ** length)
    canvas = np.full((runs, length), 3)
    last = run(CHAIN, canvas, UnmaskSettings("mdlm", steps))[-1]
    # the standard error of the mean of `runs` counts is below 0.03
    assert last.calls.mean() == pytest.approx(expected, abs=0.12)
    published = run(CHAIN, canvas, UnmaskSettings("mdlm", steps, as_published=True))[-1]
    assert published.calls.mean() == pytest.approx(
        2 + (steps - 1) * (1 - (1 - 1 / steps) ** length), abs=0.12
    )


def test_calls_count_what_the_denoiser_was_asked_and_unfresh_steps_say_so():
    table = Table()
    steps = run(table, np.full((1, 3), 4), UnmaskSettings("mdlm", 40, seed=2))
    assert steps[-1].calls[0] == len(table.asked) <= 3
    records = [step.record() for step in steps]
    assert records[0]["calls"] == 1 and records[0]["fresh"]
    assert any(not record["fresh"] for record in records)
    assert all(record["revealed"] == 0 for record in records if not record["fresh"])


def test_the_first_step_comes_after_one_forward_pass():
    for name in MASKED:
        table = Table()
        next(iter(unmask(table, np.full((1, 9), 4), UnmaskSettings(name, 9))))
        # drafts need a second one, which checks them
        assert len(table.asked) == (2 if name.startswith("self-") else 1)


# --------------------------------------------------------------------------------------------------
# traps


def test_scores_are_not_tempered():
    """Tempered confidences saturate and tie, and decoding would run left to right."""
    logits = torch.tensor([[2.0, 0.0, 0.0], [4.0, 0.0, 0.0], [3.0, 0.0, 0.0]])

    class Still:
        vocab_size = mask_id = 3

        def logits(self, canvas):
            return logits.expand(len(canvas), 3, 3)

    for name, fields in (
        ("llada", {}),
        ("dream", {"selection": "maskgit_plus", "block_length": None}),
        ("fast-dllm", {"threshold": 2.0}),
    ):
        steps = run(Still(), [[3, 3, 3]], UnmaskSettings(name, 3, temperature=0.01, **fields))
        order = [int(place) for step in steps for place in np.nonzero(step.revealed[0].numpy())[0]]
        assert order[0] == 1
        assert float(steps[0].confidence[0, 1]) == pytest.approx(
            float(logits[1].softmax(-1)[0]), rel=1e-5
        )


def test_a_denoiser_may_compute_its_output_layer_at_the_asked_positions_alone():
    class At(Table):
        def logits_at(self, canvas, where):
            return super().logits(canvas)[where]

        def logits(self, canvas):
            raise AssertionError

    same(
        run(At(), [[4, 1, 4, 4]], UnmaskSettings("llada", 3)),
        run(Table(), [[4, 1, 4, 4]], UnmaskSettings("llada", 3)),
    )
