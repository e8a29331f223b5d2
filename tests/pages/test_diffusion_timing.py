"""Steps, time and quality: figures measured by clocks and models of the test's own."""

import itertools
import math

import numpy as np
import pytest

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.samplers import find_sampler
from playground.pages.diffusion import models
from playground.pages.diffusion.canvas import read_canvas
from playground.pages.diffusion.exactness import collected, measure
from playground.pages.diffusion.recorded import recorded
from playground.pages.diffusion.timing import measure_quality, measure_time, text_perplexity
from playground.pages.diffusion.timing_block import measured, twins


@pytest.fixture(scope="module")
def tale():
    return models.get_denoiser(models.TALE, None)


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
    assert [q["steps"] for q in quality if q["sampler"] == "llada"] == [1, 12]
    checked = [q for q in quality if q["sampler"] != "llada"]
    assert {q["sampler"] for q in checked} == {"self-speculative", "self-verifying"}
    whole = checked[
        0
    ]  # a pass of the trained verifier costs more than a call, and there are few of them
    assert whole["steps"] == 1 and 2 * find_sampler("self-speculative").price <= whole["calls"] < 12
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


@pytest.mark.parametrize("name", ["unmask", "corrupt", "exactness", "steps"])
def test_the_page_is_alive_before_anything_is_run(name):
    value = recorded(name)
    assert value, (
        f"assets/examples/diffusion-{name}.json is missing: python -m "
        f"playground.pages.diffusion.record {name}"
    )
    if name == "unmask":
        words = set(value["trace"]["start"]["words"])
        mask = value["trace"]["start"]["mask_id"]
        for step in value["trace"]["steps"]:
            assert {str(i) for i in step["canvas"] if i != mask} <= words
    if name == "exactness":
        chain = value["chain"]
        fresh = collected(
            measure(chain["names"], chain["transition"], chain["initial"], chain["length"])
        )
        assert [p["tv"] for p in value["points"]] == pytest.approx(
            [p["tv"] for p in fresh["points"]], abs=1e-9
        )
