"""What a model makes of a corrupted text: exact where the model is, and the network's own scale."""

import numpy as np
import pytest

from playground.pages.diffusion import models
from playground.pages.diffusion.corrupt import corrupt_once, corrupted
from playground.pages.diffusion.corrupt_reading import EVERY, NOISES
from tests.diffusion.evidence_network import small_denoiser
from tests.pages.denoiser_double import Pieces

TEXT = "sunny sunny cloudy rainy"


class Placed(Pieces):
    """The double of a network of masks, with vectors of its words."""

    embeddings = np.random.default_rng(0).normal(size=(len(Pieces.words), 4))


@pytest.fixture(scope="module")
def weather():
    return models.get_denoiser(models.WEATHER, None)


def test_every_noise_is_read_at_its_times_the_text_itself_for_certain(weather):
    found = corrupted(TEXT, weather, models.WEATHER, "linear", 3, reading=True)
    for noise in NOISES:
        read = found["read"][noise]
        assert len(read["best"]) == len(read["bits"]) == 100 // EVERY + 1
        assert read["best"][0] == found["ids"] and read["bits"][0] == 0
        assert read["bits"][-1] > 1  # nothing is left but what the chain itself says


def test_the_reading_of_random_words_is_bayes_by_hand(weather):
    """One word: p(x | seen) ~ pi(x) (alpha [x = seen] + (1 - alpha) / V)."""
    found = corrupted("rainy", weather, models.WEATHER, "linear", 1, reading=True)
    row = 8
    alpha = found["alphas"]["linear"][row * EVERY]
    seen = found["ids"][0] if found["u"][0] < alpha else found["other"][0]
    law = np.asarray(weather.posterior(np.zeros((1, 1, 3)))[0, 0])
    law = law * (alpha * (np.arange(3) == seen) + (1 - alpha) / 3)
    law /= law.sum()
    read = found["read"]["uniform"]
    assert read["best"][row][0] == law.argmax()
    assert read["p"][row][0] == pytest.approx(law.max(), abs=1e-4)
    assert read["bits"][row] == pytest.approx(-np.log2(law[found["ids"][0]]), abs=1e-3)


def test_the_network_reads_noise_on_its_own_vectors():
    denoiser = small_denoiser()
    found = corrupted("abca", denoiser, "small network", "linear", 3, reading=True)
    assert not found["scaled"] and set(found["read"]) == {"every", *NOISES}
    assert found["read"]["gaussian"]["best"][0] == found["ids"]
    spoken = {str(i) for noise in NOISES for row in found["read"][noise]["best"] for i in row}
    assert spoken <= found["words"].keys()


def test_a_model_of_masks_alone_reads_none(weather):
    denoiser = Placed()
    assert "read" not in corrupted("the king", denoiser, "pieces", "linear", 0, reading=True)
    assert "read" not in corrupted(TEXT, weather, models.WEATHER)  # nobody asked


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("schedule", ["cosine", "entropy-linear"])
def test_a_program_reads_what_the_page_shows(weather, noise, schedule):
    for denoiser, name, text in (
        (weather, models.WEATHER, TEXT),
        (small_denoiser(), "small network", "abca"),
    ):
        page = corrupted(text, denoiser, name, schedule, 3, reading=True)["read"][noise]
        for row in (0, 7, 13, 20):
            t = row * EVERY / 100
            read = corrupt_once(text, denoiser, name, t, noise, schedule, 3, reading=True)["read"]
            assert read["best"] == page["best"][row]
            assert read["p"] == pytest.approx(page["p"][row], abs=1e-3)
            assert read["bits"] == pytest.approx(page["bits"][row], abs=2e-3)
            assert len(read["tokens"]) == 4 and read["text"]


def test_no_reading_unless_asked_and_none_of_masks_alone(weather):
    asked = ("uniform", "linear", 3)
    assert "read" not in corrupt_once(TEXT, weather, models.WEATHER, 0.5, *asked)
    with pytest.raises(ValueError, match="reading must be true or false, got 1"):
        corrupt_once(TEXT, weather, models.WEATHER, 0.5, *asked, reading=1)
    denoiser = Placed()
    assert corrupt_once("the king", denoiser, "pieces", 0.5, *asked, reading=True)["read"] is None


def test_along_its_warped_schedule_the_uncertainty_of_vectors_rises_evenly():
    denoiser = small_denoiser()
    found = corrupted("abca", denoiser, "small network", "entropy-linear", 3)
    alphas = np.array(found["warped"])
    assert alphas[0] == 1 and alphas[-1] == 0 and np.all(np.diff(alphas) <= 0)
    deviations, nats = denoiser.entropy_curve
    middle = alphas[25:80]  # inside what training measured
    met = np.interp(np.sqrt((1 - middle) / middle), deviations[::-1], nats[::-1])
    np.testing.assert_allclose(met / nats.max(), np.arange(25, 80) / 100, atol=0.03)
    assert "warped" not in corrupted("abca", denoiser, "small network", "linear", 3)


def test_exact_models_have_one_schedule_for_all_noises(weather):
    assert "warped" not in corrupted(TEXT, weather, models.WEATHER, "entropy-linear", 3)
