"""What the screen shows of each algorithm adds up to what the algorithm returns."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings

from playground.markov import HiddenMarkovModel, ImpossibleObservations
from playground.markov.presets import HIDDEN, hidden_preset
from playground.markov.trellis import (
    ALGORITHMS,
    compare_paths,
    trellis,
)
from tests.markov.brute_force import brute_force, enumerate_paths
from tests.markov.hidden_models import models_with_observations, random_model


def value(log):
    return 0.0 if log is None else math.exp(log)


@settings(max_examples=30, deadline=None)
@given(models_with_observations())
def test_cells_are_the_sums_products_and_maxima_of_their_terms(case):
    model, observations = case
    forward, backward = np.exp(model.forward(observations)), np.exp(model.backward(observations))
    for algorithm, truth in (("forward", forward), ("backward", backward)):
        records = list(trellis(model, observations, algorithm))
        order = (
            range(len(observations))
            if algorithm == "forward"
            else range(len(observations) - 1, -1, -1)
        )
        assert [record["position"] for record in records] == list(order)
        for record in records:
            for cell in record["cells"]:
                expected = truth[record["position"], cell["state"]]
                assert value(cell["log"]) == pytest.approx(expected, rel=1e-9)
                if cell["terms"]:  # the last column of backward is 1 by definition
                    assert sum(term["product"] for term in cell["terms"]) == pytest.approx(
                        expected, rel=1e-9
                    )
                    for term in cell["terms"]:
                        product = term["previous"] * term["transition"] * term["emission"]
                        assert term["product"] == pytest.approx(product, rel=1e-9)
            if truth[record["position"]].sum() > 0:
                assert sum(cell["share"] for cell in record["cells"]) == pytest.approx(1)
    posterior = model.posterior(observations)
    for record in trellis(model, observations, "posterior"):
        for cell in record["cells"]:
            term = cell["terms"][0]
            joint = value(term["forward"]) * value(term["backward"]) / math.exp(term["evidence"])
            assert cell["share"] == pytest.approx(
                posterior[record["position"], cell["state"]], abs=1e-9
            )
            assert cell["share"] == pytest.approx(joint, abs=1e-9)
        assert value(record["log_total"]) == pytest.approx(
            math.exp(model.log_likelihood(observations)), rel=1e-9
        )


@settings(max_examples=30, deadline=None)
@given(models_with_observations())
def test_the_traced_path_is_viterbis(case):
    model, observations = case
    records = list(trellis(model, observations, "viterbi"))
    fill, trace = records[: len(observations)], records[len(observations) :]
    for record in fill:
        for cell in record["cells"]:
            assert value(cell["log"]) == pytest.approx(
                max(term["product"] for term in cell["terms"]), rel=1e-9
            )
            if cell["back"] is not None:
                best = max(term["product"] for term in cell["terms"])
                assert cell["terms"][cell["back"]]["product"] == pytest.approx(best, rel=1e-9)
                assert cell["ties"] == [] or cell["back"] in cell["ties"]
    path, log_probability = model.viterbi(observations)
    assert [record["state"] for record in trace][::-1] == path.tolist()
    assert trace[0]["log_total"] == pytest.approx(log_probability)


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_records_are_plain_data_with_the_symbols_names(name, algorithm):
    model, observations = hidden_preset(name), [*HIDDEN[name]["observations"], -1]
    records = list(trellis(model, observations, algorithm))
    assert json.loads(json.dumps(records, allow_nan=False)) == records
    for record in records:
        seen = observations[record["position"]]
        assert record["observation"] == seen and record["symbol"] == (
            None if seen < 0 else model.symbols[seen]
        )


def test_a_long_trellis_keeps_its_logarithms_where_numbers_vanish():
    model = random_model(2, 6, 0)
    last = list(trellis(model, model.sample(1_500, 0)[1], "forward"))[-1]
    assert last["cells"][0]["probability"] == 0.0 and last["cells"][0]["log"] < -800
    assert sum(cell["share"] for cell in last["cells"]) == pytest.approx(1)


def test_compare_paths_marks_where_they_differ():
    # A (.4) leads to D, B and C (.3 each) lead to E: place by place A then E, which no path takes
    rows = [[0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]
    both = compare_paths(HiddenMarkovModel([0.4, 0.3, 0.3, 0, 0], rows, [[1]] * 5), [0, 0])
    assert both["viterbi"] == [0, 3] and both["posterior"] == [0, 4] and both["differences"] == [1]
    assert both["posterior_log_probability"] is None and math.exp(
        both["viterbi_log_probability"]
    ) == pytest.approx(0.4)
    assert both["posterior_expected"] == pytest.approx(1.0) and both[
        "viterbi_expected"
    ] == pytest.approx(0.8)
    found = compare_paths(hidden_preset("casino"), HIDDEN["casino"]["observations"])
    assert (
        found["differences"]
        and found["viterbi_log_probability"] > found["posterior_log_probability"]
    )
    assert found["posterior_expected"] > found["viterbi_expected"]


def test_brute_force_of_a_case_counted_by_hand():
    model = HiddenMarkovModel([1, 0], [[0.5, 0.5], [0, 1]], [[1, 0], [0.5, 0.5]])
    paths, probability = enumerate_paths(model, [0, 1])
    assert paths.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]] and probability.tolist() == [
        0,
        0.25,
        0,
        0,
    ]
    truth = brute_force(model, [0, 1])
    assert truth["log_likelihood"] == pytest.approx(math.log(0.25)) and truth["path"].tolist() == [
        0,
        1,
    ]
    with pytest.raises(ValueError, match="1,048,576 paths, at most 1,000,000"):
        enumerate_paths(model, [0] * 20)


def test_bad_algorithms_and_impossible_observations_are_refused():
    model = HiddenMarkovModel([1, 0], [[0, 1], [0, 1]], [[1, 0], [0, 1]])
    with pytest.raises(ValueError, match="algorithm must be one of forward"):
        list(trellis(model, [0], "guess"))
    for algorithm in ("posterior", "viterbi"):
        with pytest.raises(ImpossibleObservations):
            list(trellis(model, [0, 0], algorithm))
    assert [cell["log"] for cell in list(trellis(model, [0, 0], "forward"))[-1]["cells"]] == [
        None,
        None,
    ]
