"""Every example of the page is a valid model and shows what its sentence says."""

import json

import numpy as np
import pytest

from playground.markov import presets
from playground.markov.presets import (
    CHAINS,
    HIDDEN,
    RATES,
    brown_fox,
    chain_preset,
    hidden_preset,
    rates_preset,
)


@pytest.mark.parametrize(
    "data, make", [(CHAINS, chain_preset), (HIDDEN, hidden_preset), (RATES, rates_preset)]
)
def test_presets_are_plain_data_and_valid_models(data, make):
    assert json.loads(json.dumps(data)) == data
    for name, entry in data.items():
        model = make(name)
        assert list(model.states) == entry["states"] and entry["explanation"][-1] in ".)?"
    with pytest.raises(ValueError, match="preset must be one of"):
        make("no such")


def test_chains_show_what_they_say():
    assert all(2 <= chain_preset(name).size <= 8 for name in CHAINS)
    np.testing.assert_allclose(chain_preset("sunny/rainy").stationary(), [5 / 6, 1 / 6])
    np.testing.assert_allclose(chain_preset("ring").stationary(), 1 / 6)
    assert chain_preset("periodic").period(0) == 3
    assert len(chain_preset("gambler").stationary_distributions()) == 2
    np.testing.assert_allclose(
        chain_preset("gambler").stationary(), [0.5, 0, 0, 0, 0.5], atol=1e-12
    )
    fox = chain_preset("brown fox")
    assert [fox.states[state] for state in fox.greedy_cycle(0)[1]] == [
        "the",
        "brown",
        "fox",
        "jumped",
        "over",
    ]
    assert "lazy" in [step["name"] for step in fox.walk(60, seed=0)]
    text = brown_fox()
    assert text.tokens[:3] == ("the", "brown", "fox") and len(text.numbers) == len(
        presets.BROWN_FOX.split()
    )


def test_hidden_models_show_what_they_say():
    foxes = hidden_preset("two foxes")
    fox = foxes.symbols.index("fox")
    first, second = foxes.predict([0, fox])[1][0], foxes.predict([0, fox, 3, 0, fox])[1][0]
    assert (
        first[foxes.symbols.index(".")] == 0 and second[foxes.symbols.index(".")] == 1
    )  # the same word, another state
    doctor = hidden_preset("healthy/fever")
    path, log_probability = doctor.viterbi(HIDDEN["healthy/fever"]["observations"])
    assert path.tolist() == [0, 0, 1] and np.exp(log_probability) == pytest.approx(0.01512)
    umbrella = hidden_preset("umbrella")
    assert np.exp(umbrella.log_likelihood(HIDDEN["umbrella"]["observations"])) == pytest.approx(
        0.000743387, abs=5e-10
    )
    words = hidden_preset("parts of speech")
    path = words.viterbi(HIDDEN["parts of speech"]["observations"])[0]
    assert words.states[path[0]] == "article" and words.states[path[1]] == "noun"
    for name in HIDDEN:
        assert np.isfinite(hidden_preset(name).log_likelihood(HIDDEN[name]["observations"]))
