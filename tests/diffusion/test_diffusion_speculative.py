"""Speculative samplers: the law is the verifier's whatever is drafted, in fewer passes than places,
and a pass says what it did."""

import doctest
import json

import numpy as np
import pytest
import torch
from scipy.stats import chi2

from playground.diffusion import ExactDenoiser, UnmaskSettings, exact_distribution, unmask
from playground.diffusion.drafts import SelfReading
from playground.diffusion.enumeration import law_and_passes
from playground.diffusion.meter import total_variation, true_distribution
from playground.diffusion.samplers import rule_for, speculative
from playground.markov import NgramModel
from tests.diffusion.runs import Table, run

CHAIN = ExactDenoiser([0.5, 0.3, 0.2], [[0.8, 0.15, 0.05], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1]])
LENGTH = 4
TRUTH = true_distribution(CHAIN, LENGTH)
LEFT, OUTSIDE_IN = (0, 1, 2, 3), (0, 3, 1, 2)
BOTH = ["self-verifying", "self-speculative"]


def mean_passes(*given):
    return law_and_passes(*given)[1]


class Inconsistent:
    """Conditionals of 3 words at 4 places that belong to no joint distribution: every order has a
    law of its own."""

    vocab_size = mask_id = 3
    pair = torch.from_numpy(np.random.default_rng(1).normal(size=(4, 4, 4, 3)))

    def logits(self, canvas):
        at = [self.pair[i, canvas[:, i - 1], canvas[:, i - 2]] for i in range(4)]
        return torch.stack(at, dim=1)

    def draft(self, canvas):
        return SelfReading(self, canvas)


class Drafted:
    """An exact verifier over drafts of another law, for the first place too."""

    vocab_size, mask_id = CHAIN.vocab_size, CHAIN.mask_id

    def __init__(self, law):
        self.law = torch.tensor(law, dtype=torch.float64).log()

    def draft(self, canvas):
        return DraftedReading(self.law, canvas)


class DraftedReading(SelfReading):
    def __init__(self, law, canvas):
        super().__init__(CHAIN, canvas)
        self.exact, self.logits = self.logits, law.expand_as(self.logits).clone()

    def verify(self, pieces, order, count):
        drafts, self.logits = self.logits, self.exact
        found = super().verify(pieces, order, count)
        self.logits = drafts
        return found


class Ordered:
    """A verifier that minds in which order the drafts before came: it looks at the last of them
    alone."""

    vocab_size = mask_id = 3
    weights = torch.from_numpy(np.random.default_rng(2).normal(size=(5, 4, 3)))

    def draft(self, canvas):
        return OrderedReading(self.weights, canvas)


class OrderedReading:
    reads_order = True

    def __init__(self, weights, canvas):
        self.weights = weights
        self.logits = weights[4, 3].expand(*canvas.shape, 3).clone()

    def verify(self, pieces, order, count):
        rows = torch.arange(len(pieces))
        laws = [self.weights[4, 3].expand(len(pieces), 3)]
        for turn in range(1, count):
            at = order[:, turn - 1].clamp(min=0)
            laws.append(self.weights[at, pieces[rows, at].clamp(max=3)])
        return torch.stack(laws, 1)


DRAFTS = {
    "exact marginals": CHAIN,
    "uniform": Drafted([1 / 3, 1 / 3, 1 / 3]),
    "wrong": Drafted([0.05, 0.05, 0.9]),
}


def in_order(monkeypatch, order):
    """Passes take the places in this order alone."""
    monkeypatch.setattr(
        speculative.Speculative,
        "candidates",
        lambda self, left: [i for i in order if i in left][:1],
    )


@pytest.mark.parametrize("order", [None, LEFT, OUTSIDE_IN], ids=["any", "left", "outside in"])
@pytest.mark.parametrize("drafts", DRAFTS)
def test_the_law_is_the_models_own_whatever_is_drafted(drafts, order, monkeypatch):
    if order is not None:
        in_order(monkeypatch, order)
    settings = UnmaskSettings("self-speculative", 1)
    assert total_variation(exact_distribution(DRAFTS[drafts], settings, LENGTH), TRUTH) <= 1e-12
    most = 2 if drafts == "exact marginals" else LENGTH  # bad drafts cost passes, and nothing else
    assert 1.4 < mean_passes(DRAFTS[drafts], settings, LENGTH) < most


def test_passes_are_counted_exactly(monkeypatch):
    settings = UnmaskSettings("self-speculative", 1)
    in_order(monkeypatch, LEFT)
    one = mean_passes(CHAIN, settings, LENGTH)
    assert one == pytest.approx(mean_passes(CHAIN, UnmaskSettings("self-verifying", 1), LENGTH))
    assert round(one, 2) == 1.59
    in_order(monkeypatch, OUTSIDE_IN)
    assert round(mean_passes(CHAIN, settings, LENGTH), 2) == 1.43


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("denoiser", [CHAIN, Inconsistent()], ids=["exact", "inconsistent"])
@pytest.mark.parametrize("fields", [{}, {"temperature": 0.6, "top_p": 0.9}, {"guidance": 1.0}])
@pytest.mark.parametrize("canvas", [None, [3, 2, 3, 3]])
def test_where_the_network_checks_itself_the_law_is_that_of_any_order(
    name, denoiser, fields, canvas
):
    if name == "self-speculative" and "guidance" in fields:
        with pytest.raises(ValueError, match="guidance must be 0"):
            UnmaskSettings(name, 1, **fields)
        return
    wanted = exact_distribution(
        denoiser, UnmaskSettings("any-order", 1, **fields), 4, canvas=canvas
    )
    for steps in (1, 2, 4):  # four, three and two drafts in the first pass
        law = exact_distribution(denoiser, UnmaskSettings(name, steps, **fields), 4, canvas=canvas)
        assert total_variation(law, wanted) <= 1e-12


def test_drawing_all_drafts_unverified_would_be_far_off():
    """The same drafts without the check are what MDLM draws in one step: the check is what makes it
    exact."""
    unverified = exact_distribution(CHAIN, UnmaskSettings("mdlm", 1), 4)
    assert total_variation(unverified, TRUTH) > 0.1


@pytest.mark.parametrize(
    ("denoiser", "name"),
    [
        (CHAIN, "self-verifying"),
        (CHAIN, "self-speculative"),
        (DRAFTS["wrong"], "self-speculative"),
        (Inconsistent(), "self-verifying"),
        (Ordered(), "self-speculative"),
    ],
    ids=["exact", "exact verifier", "wrong drafts", "network", "verifier that reads the order"],
)
@pytest.mark.parametrize("steps", [1, 3])
def test_drawn_texts_and_passes_agree_with_the_enumerated_ones(denoiser, name, steps):
    rows, settings = 4000, UnmaskSettings(name, steps, seed=5)
    drawn = list(unmask(denoiser, np.full((rows, LENGTH), 3), settings))
    law = exact_distribution(denoiser, settings, LENGTH)
    texts = drawn[-1].canvas.numpy() @ 3 ** np.arange(LENGTH - 1, -1, -1)
    counts, expected = np.bincount(texts, minlength=3**LENGTH), law * rows
    common = expected >= 5
    statistic = ((counts[common] - expected[common]) ** 2 / expected[common]).sum()
    rest = expected[~common].sum()
    statistic += (counts[~common].sum() - rest) ** 2 / max(rest, 1)
    assert statistic < chi2.ppf(1 - 1e-6, common.sum())
    passes = sum((step.revealed.sum(1) > 0).double() for step in drawn)
    error = float(passes.std()) / rows**0.5
    assert abs(float(passes.mean()) - mean_passes(denoiser, settings, LENGTH)) < 5 * error + 1e-12


@pytest.mark.parametrize(
    ("steps", "passes"),
    [(1, [8]), (2, [3, 5]), (4, [2, 3, 3]), (100, [2, 2, 2, 2])],
)
def test_the_window_follows_the_cosine_and_is_two_at_least(steps, passes):
    rule, left, taken = rule_for(UnmaskSettings("self-verifying", steps)), np.array([8]), []
    while left[0]:
        taken.append(int(rule.window(left, np.array([8]))[0]))
        left = left - taken[-1]
    assert taken == passes


def test_a_pass_takes_two_words_at_least_and_counts_what_it_asks():
    table = Table()
    steps = run(table, np.full((1, 9), 4), UnmaskSettings("self-verifying", 3, seed=4))
    revealed = [int(step.revealed.sum()) for step in steps]
    assert sum(revealed) == 9 and all(n >= 2 for n in revealed[:-1])
    assert steps[-1].calls[0] == sum(len(asked) for asked in table.asked)
    assert len(table.asked) <= 2 * len(steps)  # one call for the drafts, one for all checks
    steps = run(Table(), np.full((1, 9), 4), UnmaskSettings("self-speculative", 3, seed=4))
    assert steps[-1].calls[0] == len(steps)  # the verifier's own price is the sampler's `price`


def test_many_checks_are_asked_in_parts(monkeypatch):
    canvas, settings = np.full((2, 9), 4), UnmaskSettings("self-verifying", 1)
    whole = run(Table(), canvas, settings)
    monkeypatch.setattr(speculative, "MOST_LOGITS", 3 * 9 * 6)
    table = Table()
    parts = run(table, canvas, settings)
    assert torch.equal(whole[-1].canvas, parts[-1].canvas)
    assert max(len(asked) for asked in table.asked) == 3


@pytest.mark.parametrize("name", BOTH)
def test_drafts_that_no_text_holds_are_refused_and_stop_nothing(name):
    """Pairs that the tale never has: drafted independently they come up, and what follows them has
    no law."""
    tale = ExactDenoiser.from_ngram(NgramModel.fit("a b c d a c b d a d c b a", 1, "word"))
    for seed in range(30):
        canvas = np.full((1, 8), tale.mask_id)
        *_, last = unmask(tale, canvas, UnmaskSettings(name, 1, seed=seed))
        assert np.isfinite(tale.log_likelihood(last.canvas)).all()


@pytest.mark.parametrize("name", BOTH)
def test_a_row_draws_the_same_whatever_stands_beside_it(name):
    def records(canvas, row=0, **more):
        steps = unmask(CHAIN, canvas, UnmaskSettings(name, 2, seed=3), **more)
        found = [step.record(row) for step in steps]
        return [json.dumps({k: r[k] for k in ("canvas", "drafts", "refused")}) for r in found]

    alone = records([[3, 3, 3, 3]])
    assert alone == records([[3, 3, 3, 3], [3, 3, 3, 3], [0, 3, 3, 1]])[: len(alone)]
    again = records([[3, 3, 3, 3]], rows=[1])
    assert again == records([[3, 3, 3, 3], [3, 3, 3, 3]], row=1)[: len(again)] != alone


@pytest.mark.parametrize(
    ("denoiser", "name"), [(DRAFTS["wrong"], "self-speculative"), (CHAIN, "self-verifying")]
)
def test_records_say_which_drafts_stay_and_what_replaces_the_refused_one(denoiser, name):
    refusals = 0
    for seed in range(20):
        before = [3] * LENGTH
        for step in unmask(denoiser, [before], UnmaskSettings(name, 1, seed=seed)):
            record = step.record(text_of=str)
            json.dumps(record, allow_nan=False)
            drafts, refused = record["drafts"], record["refused"]
            assert [before[draft["place"]] for draft in drafts] == [3] * len(drafts)
            stays = [draft for draft in drafts if draft["accepted"]]
            assert all(record["canvas"][draft["place"]] == draft["draft"] for draft in stays)
            assert record["revealed"] == len(stays) + (refused is not None)
            before = record["canvas"]
            if refused is None:
                continue
            refusals += 1
            struck = drafts[refused["turn"]]
            assert struck["accepted"] is False and struck["q"] < struck["p"]
            assert (refused["place"], refused["draft"]) == (struck["place"], struck["draft"])
            assert record["canvas"][refused["place"]] == refused["replacement"] != struck["draft"]
            assert refused["replacement"] in [entry[0] for entry in refused["left"]]
            assert sum(entry[3] for entry in refused["left"]) == pytest.approx(1)
            assert refused["left"][0][4] == str(refused["left"][0][0])
            later = drafts[refused["turn"] + 1 :]
            assert all(draft["q"] is None and draft["accepted"] is None for draft in later)
    assert refusals > 5


def test_a_network_without_a_verifier_is_refused_in_a_sentence():
    class Bare:
        vocab_size = mask_id = 3

    with pytest.raises(ValueError, match="needs a model with a trained verifier"):
        unmask(Bare(), [3, 3], UnmaskSettings("self-speculative", 1))
    Bare.draft_problem = "the file is not there"
    with pytest.raises(ValueError, match="the file is not there"):
        unmask(Bare(), [3, 3], UnmaskSettings("self-speculative", 1))


def test_the_worked_example():
    assert doctest.testmod(speculative).failed == 0
