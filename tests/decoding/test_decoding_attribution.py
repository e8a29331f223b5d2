"""Leave-one-out attribution against counting by hand, against batches, and where a probability is
zero or not given."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from playground.decoding.attribution import LeftOut, leave_one_out, log_probability
from playground.decoding.together import Together
from playground.markov.ngram import NgramModel

TALE = "the king saw the fox and the fox saw the king and the king sat and saw the fox and the king saw the end"
WORDS = TALE.split()


def counted(order, context, word):
    """P(word | the last `order` words), from the text alone: how often the word follows them, of
    the times that anything does."""
    end = context[-order:]
    follow = [
        WORDS[at + len(end)]
        for at in range(len(WORDS) - len(end))
        if WORDS[at : at + len(end)] == end
    ]
    return Fraction(follow.count(word), len(follow)) if follow else Fraction(0)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("smoothing", ["none", "backoff"])
def test_each_change_is_that_of_the_counts(order, smoothing):
    model = NgramModel.fit(TALE, order, smoothing=smoothing)
    texts = [WORDS[begin : begin + 5] for begin in range(len(WORDS) - 5)]
    finite = 0

    def law(context, word):
        if smoothing == "none":
            return float(counted(order, context, word))
        return float(witten_bell(order, context, word, model.vocab_size))

    for words in texts:
        *context, word = words
        ids = model.encode(" ".join(words))
        found = [one for some in leave_one_out(model, ids[:-1], ids[-1], 3) for one in some]
        assert [one.place for one in found] == [3, 2, 1, 0]
        for one in found:
            assert one.token_id == ids[one.place]
            rest = context[: one.place] + context[one.place + 1 :]
            before, without = law(context, word), law(rest, word)
            assert math.exp(one.whole) == pytest.approx(before, abs=1e-6)
            assert math.exp(one.without) == pytest.approx(without, abs=1e-6)
            if before and without:
                finite += 1
                assert one.change == pytest.approx(math.log(before) - math.log(without), abs=1e-5)
            if len(context) - 1 >= order and one.place < len(context) - order:
                assert one.change == 0  # an n-gram does not look so far back
    assert finite >= 20


def witten_bell(order, context, word, size):
    """Each order mixed with the next shorter one, down to equal shares, in exact numbers."""
    law = Fraction(1, size)
    for length in range(min(order, len(context)) + 1):
        end = context[len(context) - length :]
        follow = [
            WORDS[at + length]
            for at in range(len(WORDS) - length)
            if WORDS[at : at + length] == end
        ]
        if not follow:
            break
        kinds, total = len(set(follow)), len(follow)
        law = law * Fraction(kinds, total + kinds) + Fraction(follow.count(word), total + kinds)
    return law


class Sums:
    """A network whose logits are sums over the tokens before, so that a token left out takes its
    own part away."""

    vocab_size = 6

    def __init__(self):
        self.parts = np.random.default_rng(3).standard_normal((6, 6)).astype(np.float32)
        self.asked = []

    def next_logits(self, ids):
        self.asked.append(list(ids))
        return torch.from_numpy(self.parts[list(ids)].sum(0))

    def close(self):
        pass


@pytest.mark.parametrize("together", [1, 2, 8])
def test_batches_and_single_answers_are_the_same(together):
    context, token = [0, 3, 3, 5, 1], 2
    alone = [one for some in leave_one_out(Sums(), context, token) for one in some]
    several = Together([Sums(), Sums(), Sums()])
    batches = list(leave_one_out(several, context, token, together))
    several.close()
    assert [len(some) for some in batches] == {1: [1] * 5, 2: [2, 2, 1], 8: [5]}[together]
    assert [one for some in batches for one in some] == alone
    z = Sums().parts[context].astype(np.float64).sum(0)
    for one in alone:
        rest = z - Sums().parts[context[one.place]]
        expected = (z[token] - np.log(np.exp(z).sum())) - (rest[token] - np.log(np.exp(rest).sum()))
        assert one.change == pytest.approx(expected, abs=1e-5)


def test_it_is_asked_for_step_by_step_so_that_it_can_be_stopped():
    model = Sums()
    first = next(leave_one_out(model, list(range(6)), 0, 2))
    assert [one.place for one in first] == [5, 4] and len(model.asked) == 3


def test_zero_and_unknown_probabilities_are_told_apart():
    inf, nan = math.inf, math.nan
    changes = {(-1.0, -inf): inf, (-inf, -1.0): -inf, (-inf, -inf): 0.0, (-1.0, -1.0): 0.0}
    for (whole, without), change in changes.items():
        assert LeftOut(0, 1, whole, without).change == change
    assert LeftOut(0, 1, -1.0, -inf).record() == {
        **{"place": 0, "token_id": 1, "probability": 0.0, "change": None}
    }
    assert LeftOut(0, 1, -1.0, nan).record()["probability"] is None


def test_another_programs_engine_says_nothing_of_tokens_that_it_did_not_tell():
    row = torch.log(torch.tensor([0.5, 0.3, 0.1, 0.1]))
    row.shown = torch.tensor([True, True, False, False])
    assert log_probability(row, 1) == pytest.approx(math.log(0.3))
    assert math.isnan(log_probability(row, 2))

    class Engine(Sums):
        def next_logits(self, ids):
            return row

    with pytest.raises(ValueError, match="does not tell the probability of this token"):
        list(leave_one_out(Engine(), [1, 2], 3))
    assert [one.change for one in next(leave_one_out(Engine(), [1, 2], 1))] == [0, 0]


def test_what_cannot_be_left_out_gets_a_sentence_or_stays_unknown():
    with pytest.raises(ValueError, match="nothing before it"):
        list(leave_one_out(Sums(), [], 1))
    with pytest.raises(ValueError, match=r"token must be in \[0, 5\], got 6"):
        list(leave_one_out(Sums(), [1, 2], 6))
    model = Sums()
    ((only,),) = leave_one_out(model, [4], 1)
    assert math.isnan(only.without) and model.asked == [[4]]
