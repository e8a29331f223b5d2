"""Corrupt, exactness meter, steps/time/quality: the figures behind the drawings, against brute force and the mathematics."""

import itertools
import json
import math

import numpy as np
import pytest
import torch

from playground.diffusion import ExactDenoiser, UnmaskSettings, exact_distribution, unmask
from playground.diffusion.corrupt import GRID
from playground.diffusion.meter import true_distribution
from playground.diffusion.noise import absorbing_matrix, alpha_bar, posterior, uniform_matrix
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas
from playground.pages.diffusion.corrupt import DRAWN, PILOT, corrupt_once, corrupted, schedule_of
from playground.pages.diffusion.meter import CURVES, PRESETS, check_chain, collected, measure
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.timing import measure_quality, measure_time, text_perplexity
from playground.pages.diffusion.timing_block import measured, twins

TEXT = "the king had a golden ball ."


@pytest.fixture(scope="module")
def tale():
    return models.get_denoiser(models.TALE, None)


@pytest.fixture(scope="module")
def noisy(tale):
    return corrupted(TEXT, tale, models.TALE, "cosine", 3)


def test_a_lost_word_stays_lost_and_the_share_is_alpha_bar_on_average(noisy, tale):
    known = np.array([[u < alpha for u in noisy["u"]] for alpha in noisy["alphas"]["linear"]])
    assert known[0].all() and not known[-1].any()
    assert not np.any(~known[:-1] & known[1:])
    shares = [
        np.mean([u < 0.4 for u in corrupted(TEXT, tale, models.TALE, "linear", seed)["u"]])
        for seed in range(40)
    ]
    assert np.mean(shares) == pytest.approx(0.4, abs=4 * math.sqrt(0.24 / (40 * 7)))


def test_schedules_are_the_mathematics_own(noisy):
    assert tuple(noisy["alphas"]) == DRAWN
    for name in DRAWN[:-1]:
        np.testing.assert_allclose(noisy["alphas"][name], alpha_bar(GRID, name), atol=1e-6)


def test_along_the_measured_schedule_the_models_entropy_grows_evenly(tale):
    alphas = np.array(
        corrupted(TEXT, tale, models.TALE, "entropy-linear", 3)["alphas"]["entropy-linear"]
    )
    assert alphas[0] == 1 and alphas[-1] == 0 and np.all(np.diff(alphas) <= 0)
    weather = models.get_denoiser(models.WEATHER, None)
    measured = schedule_of("entropy-linear", weather, models.WEATHER)
    (text,) = (
        step.canvas.numpy()
        for step in list(
            unmask(weather, [[weather.mask_id] * PILOT] * 300, UnmaskSettings("any-order", 1))
        )[-1:]
    )
    coins = np.random.default_rng(0).random(text.shape)

    def entropy(t):  # of the hidden words, summed over a text, by hand
        hidden = coins >= measured(t)
        law = np.exp(
            weather.logits(torch.from_numpy(np.where(hidden, weather.mask_id, text)))
            .double()
            .log_softmax(-1)
            .numpy()
        )
        return -(law * np.log(np.maximum(law, 1e-300))).sum(-1)[hidden].sum() / len(text)

    whole = entropy(1.0)
    assert [entropy(t) / whole for t in (0.25, 0.5, 0.75)] == pytest.approx(
        [0.25, 0.5, 0.75], abs=0.06
    )


@pytest.mark.parametrize(
    ("noise", "exact"), [("absorbing", absorbing_matrix), ("uniform", uniform_matrix)]
)
def test_the_matrix_between_its_two_ends_is_the_matrix_at_alpha(noisy, noise, exact):
    one, zero = (np.array(m) for m in noisy["matrices"][noise])
    size = len(noisy["small"])
    for alpha in (0.0, 0.3, 0.77, 1.0):
        np.testing.assert_allclose(alpha * one + (1 - alpha) * zero, exact(alpha, size), atol=1e-12)


@pytest.mark.parametrize("step", [15, 50, 90])
def test_the_posterior_is_bayes(noisy, step):
    alpha, earlier = (float(alpha_bar(GRID[n], "cosine")) for n in (step, step - 10))
    size = len(noisy["small"])
    law = posterior(
        absorbing_matrix(alpha, size),
        absorbing_matrix(earlier, size),
        absorbing_matrix(alpha / earlier, size),
        x_t=size,
        x_0=0,
    )
    np.testing.assert_allclose(
        noisy["posterior"]["absorbing"][step], [law[0], law[size]], atol=1e-5
    )
    law = posterior(
        uniform_matrix(alpha, size),
        uniform_matrix(earlier, size),
        uniform_matrix(alpha / earlier, size),
        x_t=1,
        x_0=0,
    )
    np.testing.assert_allclose(noisy["posterior"]["uniform_other"][step], law[:3], atol=1e-5)


def test_noisy_vectors_start_at_their_words_and_rounding_is_over_the_whole_vocabulary(noisy, tale):
    vectors = noisy["vectors"]
    assert [path[0] for path in vectors["near"]] == noisy["ids"]
    assert vectors["vocabulary"] == tale.vocab_size
    for row in vectors["chance"]:
        for step in row[::20]:
            assert all(isinstance(p, int) and 0 <= p <= 10_000 for chances in step for p in chances)
            assert all(
                sum(chances[k] for chances in step) <= 10_003 for k in range(len(noisy["taus"]))
            )
    assert {str(i) for path in vectors["near"] for i in path} <= set(vectors["places"])
    json.dumps(noisy, allow_nan=False)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"t": 1.5}, r"t must be in \[0, 1\], got 1.5"),
        ({"t": True}, "t must be"),
        ({"noise": "x"}, "noise must be one of absorbing, uniform, gaussian, got 'x'"),
        ({"schedule": "x"}, "schedule must be one of"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"text": "the " * 30}, r"1 to 24 tokens here, got 30"),
        ({"text": "[MASK]"}, "no .MASK. here"),
        ({"text": ""}, "positions, got 0"),
    ],
)
def test_corrupt_refuses_by_field_value_and_range(tale, changes, says):
    good = {"text": TEXT, "t": 0.5, "noise": "absorbing", "schedule": "linear", "seed": 0}
    with pytest.raises(ValueError, match=says):
        corrupt_once(denoiser=tale, name=models.TALE, **{**good, **changes})


def test_corrupt_once_agrees_with_the_drawing(tale):
    data = corrupted(TEXT, tale, models.TALE, "linear", 9)
    for t in (0.0, 0.35, 1.0):
        once = {
            noise: corrupt_once(TEXT, tale, models.TALE, t, noise, "linear", 9)
            for noise in ("absorbing", "uniform", "gaussian")
        }
        assert all(
            json.loads(json.dumps(answer)) == answer and answer["noise"] == noise
            for noise, answer in once.items()
        ), "plain data for a program"
        assert (
            once["absorbing"]["kept"] == once["uniform"]["kept"] == [u < 1 - t for u in data["u"]]
        )
        assert once["gaussian"]["ids"] == [path[round(100 * t)] for path in data["vectors"]["near"]]
    assert once["absorbing"]["text"] == " ".join(["[MASK]"] * 7) and once["absorbing"]["known"] == 0


# the meter ---------------------------------------------------------------------------------------------------------------


def brute_force_low_confidence(chain, length):
    """LLaDA's low confidence at one word a step, by walking every outcome of every step (independent of the enumeration tested)."""
    words, start, matrix = (
        len(chain["names"]),
        np.array(chain["initial"]),
        np.array(chain["transition"]),
    )
    joint = {
        text: start[text[0]] * np.prod([matrix[a, b] for a, b in itertools.pairwise(text)])
        for text in itertools.product(range(words), repeat=length)
    }
    found = dict.fromkeys(joint, 0.0)

    def walk(known, weight):
        if len(known) == length:
            found[tuple(known[i] for i in range(length))] += weight
            return
        open_ = [i for i in range(length) if i not in known]
        table = {i: np.zeros(words) for i in open_}
        for text, p in joint.items():
            if all(text[i] == w for i, w in known.items()):
                for i in open_:
                    table[i][text[i]] += p
        table = {i: row / row.sum() for i, row in table.items()}
        for picks in itertools.product(range(words), repeat=len(open_)):
            chance = np.prod([table[i][w] for i, w in zip(open_, picks, strict=True)])
            if chance > 0:
                best = max(
                    range(len(open_)), key=lambda n: (round(table[open_[n]][picks[n]], 12), -n)
                )
                walk({**known, open_[best]: picks[best]}, weight * chance)

    walk({}, 1.0)
    return 0.5 * sum(abs(found[text] - joint[text]) for text in joint)


@pytest.fixture(scope="module")
def weather():
    chain = PRESETS["weather"]
    return collected(measure(chain["names"], chain["transition"], chain["initial"], 4))


def test_at_one_word_a_step_choosing_first_is_exact_and_low_confidence_is_not(weather):
    at_one = {p["curve"]: p for p in weather["points"] if p["x"] == 1}
    for curve in ("random", "entropy", "top1"):
        assert at_one[curve]["tv"] < 1e-9 and at_one[curve]["kl"] < 1e-9
    assert at_one["low_confidence"]["tv"] > 0.5


@pytest.mark.parametrize(
    "chain",
    [
        {
            "names": ["a", "b"],
            "initial": [0.3, 0.7],
            "transition": [[0.62, 0.38], [0.17, 0.83]],
        },  # no two places tie
        PRESETS["sticky"],
        PRESETS["weather"],
    ],
    ids=["no ties", "sticky", "weather"],
)
def test_the_bias_of_low_confidence_is_the_one_of_walking_every_outcome(chain):
    found = collected(measure(chain["names"], chain["transition"], chain["initial"], 4))
    at_one = next(p for p in found["points"] if p["curve"] == "low_confidence" and p["x"] == 1)
    assert (
        at_one["tv"] == pytest.approx(brute_force_low_confidence(chain, 4), abs=1e-9)
        and at_one["tv"] > 0.05
    )


def test_all_at_once_every_order_draws_the_same_independent_words(weather):
    last = [p["tv"] for p in weather["points"] if p["steps"] == 1]
    assert len(last) == len(CURVES) and max(last) - min(last) < 1e-9 and min(last) > 0.1


def test_on_a_chain_without_memory_every_sampler_that_chooses_first_is_exact():
    coin = PRESETS["coin"]
    result = collected(measure(coin["names"], coin["transition"], coin["initial"], 4))
    assert (
        max(p["tv"] for p in result["points"] if p["curve"] in ("random", "entropy", "mdlm")) < 1e-9
    )


def test_gibbs_comes_closer_with_every_sweep(weather):
    distances_ = [p["tv"] for p in weather["sweeps"]]
    assert (
        len(distances_) == 9
        and all(b <= a + 1e-12 for a, b in itertools.pairwise(distances_))
        and distances_[-1] < 0.5 * distances_[0]
    )


def test_the_divergence_is_in_bits(weather):
    chain, length = PRESETS["weather"], 4
    denoiser = ExactDenoiser(chain["initial"], chain["transition"])
    truth = true_distribution(denoiser, length)
    found = exact_distribution(denoiser, UnmaskSettings("llada", 1), length)
    point = next(p for p in weather["points"] if p["curve"] == "random" and p["steps"] == 1)
    assert point["kl"] == pytest.approx(float((truth * np.log2(truth / found)).sum()), abs=1e-9)


def test_a_chain_with_zeros_is_measured_and_gibbs_that_cannot_start_is_a_sentence():
    """Never the same word twice: two places drawn at once make impossible texts in three of the ways to go on."""
    parts = list(measure(["a", "b"], [[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5], 3))
    points = {(p["point"]["curve"], p["point"]["steps"]): p["point"] for p in parts if "point" in p}
    # aba and bab: three fair coins hit one of them with 1/4; a pair of neighbours (2 orders of 3) with 1/2, the two ends with 1/2
    assert points["random", 1]["tv"] == pytest.approx(3 / 4) and points["random", 1][
        "kl"
    ] == pytest.approx(2)
    assert points["random", 2]["tv"] == pytest.approx(1 / 2) and points["random", 2][
        "kl"
    ] == pytest.approx(1)
    assert points["random", 3]["tv"] == pytest.approx(0, abs=1e-12)
    assert [p["sweep"]["sweeps"] for p in parts if "sweep" in p] == [0] and parts[-1] == {
        "done": True
    }
    assert "no text of this model" in next(
        p["gibbs_problem"] for p in parts if "gibbs_problem" in p
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("transition", [[0.9, 0.2], [0.2, 0.9]], "row 'a', must sum to 1, got 1.1"),
        ("initial", [0.5, 0.6], "initial must sum to 1"),
        ("transition", [[1]], "transition must be 2 rows of 2 numbers"),
        ("transition", [[2, -1], [0, 1]], r"in \[0, 1\]"),
        ("length", 9, r"length must be a whole number in \[3, 6\], got 9"),
        ("names", ["a"], "names must have 2 to 4 words"),
        ("names", None, "names must have"),
        ("initial", None, "initial must be 1 row of 2 numbers"),
        ("length", "x", "length must"),
    ],
)
def test_a_bad_chain_is_a_sentence(field, value, says):
    good = {
        "names": ["a", "b"],
        "transition": [[0.5, 0.5], [0.5, 0.5]],
        "initial": [0.5, 0.5],
        "length": 4,
    }
    with pytest.raises(ValueError, match=says):
        check_chain(**{**good, field: value})


# steps, time, quality ------------------------------------------------------------------------------------------------------


def test_time_is_measured_between_steps_by_the_clock_given():
    causal, denoiser, prompt = twins(models.TALE, None)
    ticks = itertools.count()
    parts = list(
        measure_time(
            causal, denoiser, prompt, clock=lambda: next(ticks) / 100, lengths=(8,), tokens=5
        )
    )
    tokens = [p["token"] for p in parts if "token" in p]
    assert [t["index"] for t in tokens] == [1, 2, 3, 4] and all(
        t["ms"] == pytest.approx(10) for t in tokens
    )
    assert parts[-1] == {"step": {"length": 8, "ms": pytest.approx(10)}}


def test_quality_is_the_twins_perplexity_with_its_spread():
    causal, denoiser, _ = twins(models.TALE, None)
    canvas = read_canvas("the king [MASK]*12 .", denoiser)
    quality = [
        p["quality"]
        for p in measure_quality(causal, denoiser, canvas, counts=(1, 12), seeds=4)
        if "quality" in p
    ]
    assert [q["steps"] for q in quality] == [1, 12]
    for step in unmask(
        denoiser,
        [list(canvas.ids)] * 4,
        UnmaskSettings("llada", 12, selection="random", seed=0),
        locked=[list(canvas.locked)] * 4,
    ):
        last = step
    scores = np.array(
        [text_perplexity(causal, denoiser.decode(row)) for row in last.canvas.tolist()]
    )
    # the chart says mean and standard deviation: both of the same figures
    assert quality[1]["perplexity"] == pytest.approx(scores.mean())
    assert quality[1]["perplexity_spread"] == pytest.approx(scores.std(ddof=1))
    assert quality[1]["perplexity"] < quality[0]["perplexity"], (
        "one word a step must be likelier than all at once, on the exact chain"
    )


def test_perplexity_leaves_out_the_first_token():
    causal, _, _ = twins(models.TALE, None)
    ids = causal.encode("the king had a daughter")
    expected = math.exp(
        -sum(math.log(causal.next_probabilities(ids[:n])[ids[n]]) for n in range(1, 5)) / 4
    )
    assert text_perplexity(causal, "the king had a daughter") == pytest.approx(expected, rel=1e-5)


def test_words_that_do_not_fit_together_are_a_sentence():
    from playground.pages.errors import sentence_of

    gram = models.get_denoiser("ngram/fox/2/word", None)
    with pytest.raises(ValueError) as error:
        gram.logits(np.array([[*gram.encode("the lazy fox"), gram.mask_id]]))
    assert "next lower order" in sentence_of(error.value) and ".lower()" not in sentence_of(
        error.value
    )


def test_a_bad_measurement_is_a_sentence():
    with pytest.raises(ValueError, match="what must be one of time, quality, got 'x'"):
        list(measured(models.TALE, "x", None))
    with pytest.raises(ValueError, match="pair must be one of"):
        twins("x", None)


@pytest.mark.parametrize("name", ["unmask", "corrupt", "meter", "steps"])
def test_the_page_is_alive_before_anything_is_run(name):
    value = recorded(name)
    assert value, (
        f"assets/examples/diffusion-{name}.json is missing: python -m playground.pages.diffusion.record {name}"
    )
    if name == "unmask":
        words = set(value["trace"]["start"]["words"])
        mask = value["trace"]["start"]["mask_id"]
        for step in value["trace"]["steps"]:
            assert {str(i) for i in step["canvas"] if i != mask} <= words
    if name == "meter":
        chain = value["chain"]
        fresh = collected(
            measure(chain["names"], chain["transition"], chain["initial"], chain["length"])
        )
        assert [p["tv"] for p in value["points"]] == pytest.approx(
            [p["tv"] for p in fresh["points"]], abs=1e-9
        )
