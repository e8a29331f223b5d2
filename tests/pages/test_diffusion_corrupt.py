"""What noise does to a text, against the mathematics and by hand."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from playground.diffusion import UnmaskSettings, unmask
from playground.diffusion.corrupt import GRID
from playground.diffusion.noise import absorbing_matrix, alpha_bar, posterior, uniform_matrix
from playground.pages.diffusion import models
from playground.pages.diffusion.corrupt import DRAWN, PILOT, corrupt_once, corrupted, schedule_of

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
        ({"text": "the [MASK]*999 king"}, "^text must have no .MASK. here"),
        ({"text": "the " * 300}, "^text must have 1 to 24 tokens here, got 300"),
        ({"text": ""}, r"^The text is empty: type a word\.$"),
        ({"text": " \n"}, r"^The text is empty: type a word\.$"),
        ({"text": None}, "^text must be a text, got NoneType"),
        ({"text": ["the"]}, "^text must be a text, got list"),
        ({"text": "x" * 100_000}, "^text must be at most 20,000 characters long, got 100,000"),
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
        for noise in ("absorbing", "uniform"):
            assert once[noise]["expected_known"] == pytest.approx(7 * (1 - t))
        assert once["gaussian"]["expected_known"] is None, "alpha_bar counts no nearest words"
    assert once["absorbing"]["text"] == " ".join(["[MASK]"] * 7) and once["absorbing"]["known"] == 0


class WordPieces:
    """A denoiser of word pieces whose noise is never asked for."""

    PIECES = ("don", "'", "t", "stop", ",", "king", "##dom", "[MASK]")
    mask_id, vocab_size = 7, 8
    codec = SimpleNamespace(family="word-pieces")

    def piece(self, token):
        return self.PIECES[token]


def test_the_text_of_word_pieces_is_joined_as_the_models_own_texts_are(monkeypatch):
    ids = [0, 1, 2, 3, 4, 5, 6]
    kept = {"ids": ids, "u": [0.0] * 6 + [0.9], "other": ids, "mask_id": 7, "seed": 0}
    monkeypatch.setattr("playground.pages.diffusion.corrupt.corrupted", lambda *_: kept)
    whole = corrupt_once("", WordPieces(), "double", 0.0, "uniform", "linear", 0)
    assert whole["text"] == "don't stop, kingdom"
    half = corrupt_once("", WordPieces(), "double", 0.5, "absorbing", "linear", 0)
    assert half["text"] == "don't stop, king [MASK]"
