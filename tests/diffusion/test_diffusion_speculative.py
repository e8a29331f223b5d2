"""Self-speculative sampling: its law is the verifier's whatever is drafted, and it needs fewer passes than places."""

import itertools
import json

import numpy as np
import pytest
import torch
from scipy.stats import chi2

from playground.diffusion import ExactDenoiser, UnmaskSettings, exact_distribution
from playground.diffusion.meter import total_variation, true_distribution
from playground.diffusion.speculative import SelfVerifying, cosine_window, speculate
from playground.diffusion.speculative_law import speculative_law

CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.8, 0.15, 0.05], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1]])
LENGTH = 4
MASKS = [CHAIN.mask_id] * LENGTH
TRUTH = true_distribution(CHAIN, LENGTH)
LEFT, OUTSIDE_IN = (0, 1, 2, 3), (0, 3, 1, 2)


class Drafted:
    """An exact verifier over drafts of another law; only the first place's draft, in the given order, is the verifier's own."""

    def __init__(self, law, order):
        self.law, self.order, self.exact = law, order, SelfVerifying(CHAIN)
        self.vocab_size, self.mask_id = CHAIN.vocab_size, CHAIN.mask_id

    def read(self, canvas):
        reading = self.exact.read(canvas)
        exact = reading.logits
        drafts = torch.tensor(self.law, dtype=torch.float64).log().expand_as(exact).clone()
        for row, ids in enumerate(canvas.tolist()):
            first = next(place for place in self.order if ids[place] == self.mask_id)
            drafts[row, first] = exact[row, first]
        reading.logits = drafts
        return reading


DRAFTS = {
    "exact marginals": lambda order: SelfVerifying(CHAIN),
    "uniform": lambda order: Drafted([1 / 3, 1 / 3, 1 / 3], order),
    "wrong": lambda order: Drafted([0.05, 0.05, 0.9], order),
}


@pytest.mark.parametrize("order", [LEFT, OUTSIDE_IN], ids=["left to right", "outside in"])
@pytest.mark.parametrize("drafts", DRAFTS)
def test_the_law_is_the_models_own_whatever_is_drafted(drafts, order):
    law, passes = speculative_law(DRAFTS[drafts](order), MASKS, order=order)
    assert total_variation(law, TRUTH) < 1e-12
    assert 1.4 < passes < 1.95


def test_mean_passes_of_the_six_cases():
    passes = [
        speculative_law(make(order), MASKS, order=order)[1]
        for make in DRAFTS.values()
        for order in (LEFT, OUTSIDE_IN)
    ]
    assert round(min(passes), 2) == 1.43 and round(max(passes), 2) == 1.90


@pytest.mark.parametrize("window", [None, cosine_window(0.6)], ids=["whole", "cosine"])
def test_self_verifying_has_the_law_of_the_any_order_sampler(window):
    canvas = [1, CHAIN.mask_id, CHAIN.mask_id, CHAIN.mask_id]
    law, passes = speculative_law(SelfVerifying(CHAIN), canvas, window=window)
    settings = UnmaskSettings(sampler="any-order", steps=3)
    assert total_variation(law, exact_distribution(CHAIN, settings, LENGTH, canvas)) < 1e-12
    assert passes < 3


class Inconsistent:
    """Conditional laws that belong to no joint one, as a network's: which order is taken then matters."""

    vocab_size, mask_id = 3, 3

    def logits(self, canvas):
        places = torch.arange(canvas.shape[1])
        seen = torch.nn.functional.one_hot(canvas, 4).double()
        weights = torch.sin(torch.arange(48, dtype=torch.double)).view(3, 4, 4)
        mixed = torch.einsum("blw,vlw->bv", seen, weights)[:, None]
        return mixed + torch.cos(places[:, None] * 1.7 + torch.arange(3) * places[:, None])


def test_self_verifying_network_has_the_law_of_its_any_order_sampler():
    network = Inconsistent()
    law, _ = speculative_law(SelfVerifying(network), [3] * LENGTH)
    settings = UnmaskSettings(sampler="any-order", steps=LENGTH)
    expected = exact_distribution(network, settings, LENGTH)
    assert total_variation(law, expected) < 1e-12
    left, _ = speculative_law(SelfVerifying(network), [3] * LENGTH, order=LEFT)
    assert total_variation(left, expected) > 1e-3


@pytest.mark.parametrize(
    "verifier, options",
    [
        (SelfVerifying(CHAIN), {}),
        (SelfVerifying(CHAIN), {"window": cosine_window(0.5)}),
        (Drafted([0.05, 0.05, 0.9], OUTSIDE_IN), {"order": OUTSIDE_IN}),
        (SelfVerifying(Inconsistent()), {}),
    ],
    ids=["random order", "window", "wrong drafts", "network"],
)
def test_drawn_texts_and_passes_agree_with_the_enumerated_ones(verifier, options):
    rows = 6000
    *_, last = speculate(verifier, np.full((rows, LENGTH), verifier.mask_id), seed=5, **options)
    law, passes = speculative_law(verifier, [verifier.mask_id] * LENGTH, **options)
    counts = np.bincount(last.canvas @ 3 ** np.arange(LENGTH - 1, -1, -1), minlength=3**LENGTH)
    expected = law * rows
    common = expected >= 5
    statistic = ((counts[common] - expected[common]) ** 2 / expected[common]).sum()
    statistic += (counts[~common].sum() - expected[~common].sum()) ** 2 / max(
        expected[~common].sum(), 1
    )
    assert statistic < chi2.ppf(1 - 1e-6, common.sum())
    error = last.passes.std() / rows**0.5
    assert abs(last.passes.mean() - passes) < 5 * error + 1e-12


def test_a_row_draws_the_same_whatever_stands_beside_it():
    verifier = SelfVerifying(CHAIN)
    alone = [p.record() for p in speculate(verifier, MASKS, seed=3)]
    beside = [p.record() for p in speculate(verifier, [MASKS, MASKS, [0, 3, 3, 1]], seed=3)]
    assert json.dumps(alone) == json.dumps(beside[: len(alone)])
    again = [p.record() for p in speculate(verifier, MASKS, seed=3, rows=[1])]
    both = [p.record(1) for p in speculate(verifier, [MASKS, MASKS], seed=3)]
    assert json.dumps(again) == json.dumps(both[: len(again)]) != json.dumps(alone)


def test_records_tell_which_drafts_stay_and_what_replaces_the_refused_one():
    verifier = Drafted([0.05, 0.05, 0.9], LEFT)
    refusals = 0
    for seed in range(20):
        for record in (
            p.record(text_of=str) for p in speculate(verifier, MASKS, seed=seed, order=LEFT)
        ):
            hidden = record["before"].count(CHAIN.mask_id)
            assert (
                hidden - record["canvas"].count(CHAIN.mask_id) == record["gained"] >= min(2, hidden)
            )
            stays = [d for d in record["drafts"] if d["accepted"]]
            assert all(record["canvas"][d["place"]] == d["draft"] for d in stays)
            refused = record["refused"]
            assert record["gained"] == len(stays) + (refused is not None)
            if refused is None:
                continue
            refusals += 1
            struck = record["drafts"][refused["turn"]]
            assert struck["accepted"] is False and struck["q"] < struck["p"]
            assert refused["replacement"] in [entry[0] for entry in refused["left"]]
            assert refused["replacement"] != struck["draft"]
            assert sum(entry[3] for entry in refused["left"]) == pytest.approx(1)
            later = record["drafts"][refused["turn"] + 1 :]
            assert all(d["q"] is None and d["accepted"] is None for d in later)
            json.dumps(record)
    assert refusals > 5


def test_visible_places_stay_and_a_full_canvas_needs_no_pass():
    assert list(speculate(SelfVerifying(CHAIN), [0, 1, 2, 0])) == []
    for step in speculate(SelfVerifying(CHAIN), [3, 1, 3, 3], seed=1):
        assert step.canvas[0, 1] == 1


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="order must name each of the 4 places once"):
        next(speculate(SelfVerifying(CHAIN), MASKS, order=[0, 1, 2, 2]))
    with pytest.raises(ValueError, match="cases"):
        speculative_law(SelfVerifying(CHAIN), [CHAIN.mask_id] * 9)
    with pytest.raises(ValueError, match="ahead"):
        cosine_window(0.0)


def test_windows_open_as_the_canvas_fills():
    sizes = [cosine_window()(left, 64) for left in range(64, 0, -1)]
    assert sizes[0] == 1 and all(
        1 <= n <= left for n, left in zip(sizes, range(64, 0, -1), strict=True)
    )
    assert all(
        a / x <= b / y + 1e-9 or b == y or a == 1 or abs(a - b) <= 1
        for (a, x), (b, y) in itertools.pairwise(zip(sizes, range(64, 0, -1), strict=True))
    )
