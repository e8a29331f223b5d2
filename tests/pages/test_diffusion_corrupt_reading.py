"""What a model makes of a corrupted text: exact where the model is, and the network's own scale."""

import numpy as np
import pytest

from playground.pages.diffusion import models
from playground.pages.diffusion.corrupt import corrupted
from playground.pages.diffusion.corrupt_reading import EVERY, NOISES
from tests.diffusion.evidence_network import small_denoiser
from tests.pages.denoiser_double import Pieces

TEXT = "sunny sunny cloudy rainy"


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
    denoiser = Pieces()
    denoiser.embeddings = np.random.default_rng(0).normal(size=(len(Pieces.words), 4))
    assert "read" not in corrupted("the king", denoiser, "pieces", "linear", 0, reading=True)
    assert "read" not in corrupted(TEXT, weather, models.WEATHER)  # nobody asked
