"""Exact denoisers against brute force over all texts."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from playground.diffusion import ExactDenoiser, UnmaskSettings, unmask
from playground.diffusion.exact import ImpossibleEvidence
from playground.markov import HiddenMarkovModel, MarkovChain, NgramModel

INITIAL = np.array([0.5, 0.3, 0.2])
TRANSITION = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])


def texts(size, length):
    return np.array(list(itertools.product(range(size), repeat=length)))


def brute(probability, all_texts, evidence):
    """(L, V) posteriors by summing over every text."""
    length, size = evidence.shape
    weight = probability * np.exp(evidence[np.arange(length), all_texts].sum(1))
    weight = weight / weight.sum()
    return np.array(
        [[weight[all_texts[:, i] == v].sum() for v in range(size)] for i in range(length)]
    )


def chain_probability(all_texts):
    p = INITIAL[all_texts[:, 0]]
    for i in range(1, all_texts.shape[1]):
        p = p * TRANSITION[all_texts[:, i - 1], all_texts[:, i]]
    return p


@given(st.integers(0, 2**31), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_any_evidence_on_a_chain(seed, length):
    rng = np.random.default_rng(seed)
    evidence = rng.normal(size=(2, length, 3)) * rng.choice([0.0, 1.0, 30.0], size=(2, length, 1))
    denoiser = ExactDenoiser(INITIAL, TRANSITION)
    every = texts(3, length)
    got = denoiser.posterior(evidence).numpy()
    for row in range(2):
        assert np.allclose(
            got[row], brute(chain_probability(every), every, evidence[row]), atol=1e-12
        )


def test_logits_of_a_canvas_are_log_posteriors():
    denoiser = ExactDenoiser(INITIAL, TRANSITION)
    canvas = torch.tensor([[3, 1, 3, 3], [0, 3, 3, 2]])
    got = denoiser.logits(canvas)
    assert got.shape == (2, 4, 3) and denoiser.mask_id == denoiser.vocab_size == 3
    every = texts(3, 4)
    for row in range(2):
        assert np.allclose(
            got[row].exp(),
            brute(chain_probability(every), every, denoiser.evidence(canvas)[row]),
            atol=1e-12,
        )
    middle = ExactDenoiser([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]]).logits([[0, 2, 0]])
    assert float(middle[0, 1, 0].exp()) == pytest.approx(0.81 / 0.82)


def test_large_and_sparse_chains_agree_with_the_log_space_one():
    rng = np.random.default_rng(0)
    size = 60  # above the log-space limit
    transition = rng.dirichlet(np.ones(size) * 0.2, size=size)
    initial = rng.dirichlet(np.ones(size))
    evidence = rng.normal(size=(3, 12, size)) * 3
    dense, thin = (
        ExactDenoiser(initial, transition),
        ExactDenoiser(initial, sparse.csr_matrix(transition)),
    )
    log_space = ExactDenoiser(initial, transition)
    log_space._log_transition = np.log(transition)
    reference = log_space.posterior(evidence).numpy()
    assert np.allclose(dense.posterior(evidence).numpy(), reference, atol=1e-10)
    assert np.allclose(thin.posterior(evidence).numpy(), reference, atol=1e-10)


def test_evidence_beyond_the_range_of_floats_stays_exact_in_log_space():
    # each place prefers a word by e^2000, which the transition forbids to follow itself
    denoiser = ExactDenoiser([0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]])
    evidence = np.array([[[2000.0, 0.0], [1990.0, 0.0]]])
    assert np.allclose(denoiser.posterior(evidence)[0], [[1, 0], [0, 1]], atol=1e-4)


def test_long_texts_do_not_underflow():
    got = ExactDenoiser(INITIAL, TRANSITION).logits(np.full((1, 3000), 3))
    assert torch.isfinite(got).all()
    assert np.allclose(got[0, 1500].exp(), MarkovChain(TRANSITION).stationary(), atol=1e-9)


def test_an_hmm_sums_its_states_out():
    hmm = HiddenMarkovModel([0.5, 0.5], [[0.7, 0.3], [0.3, 0.7]], [[0.9, 0.1], [0.2, 0.8]])
    denoiser = ExactDenoiser.from_hmm(hmm)
    every = texts(2, 5)
    probability = np.array([np.exp(hmm.log_likelihood(list(text))) for text in every])
    assert np.allclose(np.exp(denoiser.log_likelihood(every)), probability)
    canvas = np.array([[0, 2, 1, 2, 0]])
    assert np.allclose(
        denoiser.logits(canvas)[0].exp(),
        brute(probability, every, denoiser.evidence(canvas)[0]),
        atol=1e-12,
    )
    assert float(denoiser.log_likelihood([[0, 0, 1, 0, 0]])[0]) == pytest.approx(
        -3.37250204, abs=1e-8
    )


def test_a_markov_chain_object_keeps_its_names():
    chain = MarkovChain([[0.9, 0.1], [0.5, 0.5]], states=["sunny", "rainy"])
    denoiser = ExactDenoiser.from_chain(chain)
    assert (
        denoiser.encode("sunny rainy") == [0, 1]
        and denoiser.decode([1, 0, 2]) == "rainy sunny [MASK]"
    )
    if chain.initial is None:
        assert np.allclose(denoiser.logits([[2]])[0, 0].exp(), [5 / 6, 1 / 6])
    with pytest.raises(ValueError, match="got 'foggy'"):
        denoiser.encode("sunny foggy")


@pytest.mark.parametrize("ending", ["end", "wrap"])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_an_ngram_model_against_all_texts(order, ending):
    model = NgramModel.fit("a b a c a b b a c c a b a", order, ending=ending)
    denoiser = ExactDenoiser.from_ngram(model)
    size = denoiser.vocab_size
    for length in (1, 2, 4):
        every = texts(size, length)
        probability = np.exp(denoiser.log_likelihood(every))
        assert probability.sum() == pytest.approx(1.0)
        for canvas in ([size] * length, [0] + [size] * (length - 1), [size] * (length - 1) + [1]):
            got = denoiser.logits([canvas])[0].exp().numpy()
            assert np.allclose(
                got, brute(probability, every, denoiser.evidence([canvas])[0]), atol=1e-12
            )
    # beyond the first contexts the model's own conditionals rule
    start = model.encode("a b a")[:order]
    after = denoiser.logits([[*start, size]])[0, -1].exp().numpy()
    assert np.allclose(after, model.next_probabilities(start), atol=1e-12)


def test_a_smoothed_bigram_is_dense():
    model = NgramModel.fit("a b a c a b b a c c a b a", 1, smoothing="add-k", k=0.5, ending="wrap")
    denoiser = ExactDenoiser.from_ngram(model)
    assert np.allclose(denoiser.logits([[2, 3]])[0, 1].exp(), model.next_probabilities([2]))
    with pytest.raises(ValueError, match="order 1 and at most 5,000 words, got order 2"):
        ExactDenoiser.from_ngram(NgramModel.fit("a b a c a b", 2, smoothing="backoff"))


def test_impossible_evidence_names_the_row_and_offers_the_lower_order():
    model = NgramModel.fit("a b a c a b b a c c a b a", 2, ending="wrap")
    denoiser = ExactDenoiser.from_ngram(model)
    c = model.encode("c")[0]
    with pytest.raises(
        ImpossibleEvidence,
        match=r"order 2\) fits what is known in row 2; try the next lower order \(1\)",
    ) as caught:
        denoiser.logits([[3, 3, 3, 3], [c, c, c, 3]])
    lower = caught.value.lower
    assert caught.value.row == 1 and lower.order == 1
    assert torch.isfinite(lower.logits([[c, c, c, 3]])[0, 3].exp()).all()
    nothing = ExactDenoiser([1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ImpossibleEvidence) as caught:
        nothing.logits([[0, 0]])
    assert np.allclose(caught.value.lower.logits([[0, 2]])[0, 1].exp(), [0.5, 0.5])
    assert caught.value.lower.lower() is None
    hmm = ExactDenoiser([1.0], [[1.0]], emission=[[1.0, 0.0]])
    with pytest.raises(ImpossibleEvidence):
        hmm.logits([[1, 2]])


def test_with_fallback_a_run_that_drew_an_impossible_text_goes_on():
    model = NgramModel.fit("a b a c a b b a c c a b a", 2, ending="wrap")
    denoiser = ExactDenoiser.from_ngram(model)
    chosen = UnmaskSettings(
        "llada", 3, selection="random"
    )  # several words at once: some triples never occur
    with pytest.raises(ImpossibleEvidence):
        list(unmask(denoiser, np.full((50, 9), 3), chosen))
    forgiving = denoiser.with_fallback()
    *_, last = unmask(forgiving, np.full((50, 9), 3), chosen)
    assert (
        not (last.canvas == 3).any()
        and set(forgiving.orders.tolist()) <= {0, 1, 2}
        and 2 in forgiving.orders
    )
    c = model.encode("c")[0]
    assert np.allclose(
        forgiving.logits([[c, c, c, 3], [3, 3, 3, 3]])[0],
        denoiser.lower().logits([[c, c, c, 3]])[0],
    )
    assert forgiving.orders.tolist() == [1, 2]
    with pytest.raises(
        ValueError, match=r"evidence must leave one word possible, .* at row 1, position 2"
    ):
        denoiser.posterior(np.where(np.arange(2)[None, :, None] == 1, -np.inf, np.zeros((1, 2, 3))))


@pytest.mark.parametrize(
    ("initial", "transition", "sentence"),
    [
        (
            [0.5, 0.4],
            [[0.9, 0.1], [0.5, 0.5]],
            "initial must have rows that sum to 1, row 1 sums to 0.9",
        ),
        (
            [0.5, 0.5],
            [[0.9, 0.2], [0.5, 0.5]],
            "transition must have rows that sum to 1, row 1 sums to 1.1",
        ),
        ([0.5, 0.5], [[1.2, -0.2], [0.5, 0.5]], "transition must hold probabilities"),
        ([1.0], [[0.9, 0.1], [0.5, 0.5]], r"transition must have shape \(1, 1\)"),
    ],
)
def test_bad_chains_are_refused(initial, transition, sentence):
    with pytest.raises(ValueError, match=sentence):
        ExactDenoiser(initial, transition)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_evidence_is_refused(bad):
    evidence = np.zeros((1, 2, 3))
    evidence[0, 1, 1] = bad
    with pytest.raises(ValueError, match="evidence must be finite or -inf"):
        ExactDenoiser(INITIAL, TRANSITION).posterior(evidence)
