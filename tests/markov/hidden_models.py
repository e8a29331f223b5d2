"""Random hidden Markov models for the tests: dense, with zeros, sticky."""

import numpy as np
from hypothesis import strategies as st

from playground.markov import HiddenMarkovModel


def random_model(states, symbols, seed, zeros=0.0):
    generator = np.random.default_rng(seed)

    def rows(count, size):
        values = generator.dirichlet(np.ones(size), count)
        values[generator.random(values.shape) < zeros] = 0
        values[np.arange(count), generator.integers(size, size=count)] += 0.1
        return values / values.sum(axis=1, keepdims=True)

    return HiddenMarkovModel(rows(1, states)[0], rows(states, states), rows(states, symbols))


@st.composite
def models_with_observations(draw, most_states=3, most_steps=6, missing=True, zeros=True):
    """(model, possible observations), missing ones among them."""
    states, symbols = draw(st.integers(1, most_states)), draw(st.integers(1, 4))
    seed = draw(st.integers(0, 10_000))
    model = random_model(states, symbols, seed, draw(st.sampled_from([0.0, 0.4])) if zeros else 0.0)
    _, observations = model.sample(draw(st.integers(1, most_steps)), seed)
    if missing:
        observations[
            np.random.default_rng(seed).random(len(observations))
            < draw(st.sampled_from([0.0, 0.3]))
        ] = -1
    return model, observations
