"""Draws, confidences and top rows over the whole vocabulary, whatever the table's size, ties and
infinities."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.diffusion.prediction import Prediction, largest


def table(logits, mask_id=None) -> Prediction:
    logits = torch.as_tensor(logits)
    return Prediction(
        np.arange(len(logits))[None], logits.clone(), mask_id
    )  # one row, a position a line


def everywhere(prediction):
    return prediction.slot >= 0


@pytest.mark.parametrize("size", [3, 256, 257, 1000, 11_061])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_figures_are_those_of_the_softmax_over_everything(size, dtype):
    logits = torch.randn(5, size, generator=torch.Generator().manual_seed(size), dtype=dtype) * 3
    p = logits.double().softmax(-1).numpy()
    prediction = table(logits)
    assert np.allclose(prediction.confidence[0], p.max(-1), rtol=1e-5)
    assert np.allclose(prediction.entropy[0], -(p * np.log(p)).sum(-1), rtol=1e-4, atol=1e-5)
    assert np.allclose(
        prediction.margin[0], np.diff(np.sort(p)[:, -2:])[:, 0], rtol=1e-4, atol=1e-6
    )
    ids = np.argsort(-p, axis=-1, kind="stable")[:, :10]
    for position, rows in enumerate(prediction.top(0, 10)):
        assert [row[0] for row in rows] == ids[position].tolist()
        assert np.allclose([row[1] for row in rows], p[position, ids[position]], rtol=1e-5)
    assert np.allclose(prediction.distribution(0, 2), p[2], atol=1e-7)


@pytest.mark.parametrize("size", [3, 300, 11_061])
def test_a_draw_is_the_inverse_of_the_cumulative_sum(size):
    logits = torch.randn(400, size, generator=torch.Generator().manual_seed(1))
    u = np.random.default_rng(0).random((1, 400))
    prediction = table(logits)
    drawn = prediction.draw(everywhere(prediction), u)[0]
    cumulative = np.cumsum(logits.double().softmax(-1).numpy(), axis=1)
    reference = (cumulative <= u[0][:, None]).sum(1)
    # float32 weights move an edge by about 1e-7: at most a draw or two of 400 may fall on the other
    # side
    assert (drawn != reference).sum() <= 2


def test_tokens_of_probability_zero_are_never_drawn():
    logits = torch.full((1, 300), -torch.inf)
    logits[0, 150] = logits[0, 299] = 0.0
    prediction = table(logits)
    where = everywhere(prediction)
    assert prediction.draw(where, np.zeros((1, 1)))[0, 0] == 150
    assert prediction.draw(where, np.full((1, 1), 0.4999999))[0, 0] == 150
    assert prediction.draw(where, np.full((1, 1), 1 - 2.0**-53))[0, 0] == 299
    assert prediction.entropy[0, 0] == pytest.approx(np.log(2))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=700), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_partial_selection_is_the_stable_sort_whatever_the_ties(values, count):
    weights = torch.tensor([values], dtype=torch.float32)
    ids, chosen = largest(weights, min(count, len(values)))
    order = np.argsort(-np.array(values), kind="stable")[: min(count, len(values))]
    assert ids[0].tolist() == order.tolist() and chosen[0].tolist() == [
        float(values[i]) for i in order
    ]


def test_partial_selection_goes_through_its_blocks_in_a_large_table():
    weights = torch.randint(0, 40, (3, 20_000), generator=torch.Generator().manual_seed(0)).float()
    ids, _ = largest(weights, 10)
    assert ids.tolist() == np.argsort(-weights.numpy(), axis=1, kind="stable")[:, :10].tolist()


def test_exact_figures_that_only_rounding_tells_apart_tie():
    logits = np.log([[0.4, 0.2, 0.4], [0.3, 0.3, 0.4]])
    logits[0, 2] += 2e-16
    logits[1, 2] = logits[1, 1] + 1e-9
    prediction = table(logits)
    where, u = everywhere(prediction), np.zeros((1, 2))
    assert prediction.draw(where, u, temperature=0.0).tolist() == [[0, 2]]
    assert prediction.probabilities(where, 0.0).argmax(-1).tolist() == [0, 2]


def test_temperature_zero_and_ties_take_the_lowest_id():
    prediction = table([[1.0, 3.0, 3.0, 0.0]])
    where = everywhere(prediction)
    assert prediction.draw(where, np.full((1, 1), 0.99), temperature=0.0)[0, 0] == 1
    assert prediction.probabilities(where, temperature=0.0).tolist() == [[0, 1, 0, 0]]
    assert (
        prediction.draw(where, np.full((1, 1), 0.99), temperature=1e-300)[0, 0] == 2
    )  # still a fair tie
    assert [row[0] for row in prediction.top(0, 4)[0]] == [1, 2, 0, 3]


@pytest.mark.parametrize("size", [4, 3000])
def test_top_p_keeps_the_smallest_set_that_reaches_it(size):
    p = np.zeros(size)
    p[[0, 1, 2, 3]] = [0.15, 0.3, 0.3, 0.25]
    prediction = table(
        torch.from_numpy(np.log(np.maximum(p, 0), where=p > 0, out=np.full(size, -np.inf)))[None]
    )
    where = everywhere(prediction)
    assert np.allclose(
        prediction.probabilities(where, top_p=0.8)[0, :4], np.array([0, 0.3, 0.3, 0.25]) / 0.85
    )
    assert np.allclose(prediction.probabilities(where, top_p=0.0)[0, :4], [0, 1, 0, 0])
    assert np.allclose(
        prediction.probabilities(where, temperature=2.0, top_p=0.5)[0, :4], [0, 0.5, 0.5, 0]
    )


def test_top_p_over_a_flat_table_looks_beyond_its_first_candidates():
    prediction = table(torch.zeros(1, 5000))
    kept = prediction.probabilities(everywhere(prediction), top_p=0.5)[0] > 0
    assert kept.sum() == 2500 and kept[:2500].all()


def test_the_mask_is_suppressed_however_much_it_is_preferred():
    prediction = table([[1.0, 1.0, 50.0]], mask_id=2)
    assert np.allclose(prediction.probabilities(everywhere(prediction)), [[0.5, 0.5, 0.0]])
    assert prediction.confidence[0, 0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ([0.0, np.nan, 0.0], "NaN"),
        ([0.0, np.inf, 0.0], r"\+inf"),
        ([-np.inf, -np.inf, 3.0], "-inf for every token but the mask"),
    ],
)
def test_bad_logits_are_named_with_their_place(line, what):
    with pytest.raises(ValueError, match=f"got {what} at row 1, position 2"):
        table([[0.0, 1.0, 2.0], line], mask_id=2)


def test_the_change_between_two_predictions_is_their_total_variation():
    logits = torch.randn(2, 2, 500, generator=torch.Generator().manual_seed(0))
    earlier, later = table(logits[0]), table(logits[1])
    p, q = logits.double().softmax(-1).numpy()
    assert np.allclose(later.change_from(earlier, 0), np.abs(p - q).sum(-1) / 2, atol=1e-5)
    later.slot[0, 1] = -1
    assert later.change_from(earlier, 0)[1] is None
