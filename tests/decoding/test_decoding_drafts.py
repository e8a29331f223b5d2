"""Speculative decoding keeps the target's law whatever the drafter says: by enumeration, by many
runs, and token for token where nothing is drawn."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from playground.decoding import DecodingSettings, generate
from playground.decoding.drafters import (
    BlankDrafter,
    RepeatingDrafter,
    SmallerDrafter,
    SpellingDrafter,
    drafting,
)
from playground.decoding.drafts import Drafted, acceptance, left_over, overlap, speculate, verify
from playground.decoding.drafts_law import law_of_texts
from playground.markov.ngram import NgramModel

TALE = "the king saw the fox and the fox saw the king and the king sat and saw the fox"
TARGET = NgramModel.fit(TALE, 2, smoothing="backoff")
SMALL = NgramModel.fit(TALE, 1, smoothing="backoff")
START = tuple(TARGET.encode("the king"))


def target_law(text):
    return TARGET.next_probabilities(text)


def small_law(text, before):
    return SMALL.next_probabilities((*text, *before))


def blind_law(text, before):
    """As a masked network drafts: every place without knowing the others."""
    law = np.array([0.4, 0.05, 0.3, 0.05, 0.1, 0.1, 0.0][: TARGET.vocab_size])
    return np.roll(law, len(before)) / law.sum()


def fixed_law(text, before):
    law = np.zeros(TARGET.vocab_size)
    law[(len(text) + len(before)) % 3] = 1.0
    return law


@pytest.mark.parametrize("drafter", [small_law, blind_law, fixed_law])
@pytest.mark.parametrize("drafts", [1, 2, 3])
def test_the_law_of_the_texts_is_the_targets_and_acceptance_is_the_overlap(drafter, drafts):
    found = law_of_texts(target_law, drafter, drafts, 4, START)
    for text in itertools.product(range(TARGET.vocab_size), repeat=4):
        expected = math.prod(
            float(target_law((*START, *text[:place]))[token]) for place, token in enumerate(text)
        )
        assert abs(found.texts.get(text, 0.0) - expected) < 1e-12
    assert found.accepted == pytest.approx(found.expected, abs=1e-12)
    assert math.fsum(found.texts.values()) == pytest.approx(1, abs=1e-12)


def test_a_wrong_rule_of_acceptance_would_be_seen(monkeypatch):
    monkeypatch.setattr("playground.decoding.drafts_law.acceptance", lambda p, q: 1.0)
    found = law_of_texts(target_law, small_law, 2, 3, START)
    worst = max(
        abs(
            chance
            - math.prod(float(target_law((*START, *text[:i]))[x]) for i, x in enumerate(text))
        )
        for text, chance in found.texts.items()
    )
    assert worst > 1e-3


def test_a_drafter_that_agrees_is_always_accepted_and_needs_a_pass_for_every_k_plus_1_tokens():
    found = law_of_texts(target_law, lambda text, before: target_law((*text, *before)), 3, 4, START)
    assert found.passes == pytest.approx(1)


def test_the_shares_of_one_place():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.7, 0.1])
    assert overlap(p, q) == pytest.approx(0.6)
    assert sum(q[x] * acceptance(p[x], q[x]) for x in range(3)) == pytest.approx(overlap(p, q))
    assert left_over(p, q) == pytest.approx([0.75, 0, 0.25])
    assert left_over(p, p) == pytest.approx(p)  # nothing is left: never drawn from


def texts_of(runs, drafter, drafts=2, **rules):
    """How often each text of three tokens came, of `runs` seeds."""
    counts = {}
    for seed in range(runs):
        settings = DecodingSettings(max_new_tokens=3, seed=seed, **rules)
        text = []
        for one in speculate(TARGET, START, drafter(settings), settings, drafts, ignore_end=True):
            text += one.tokens
        counts[tuple(text)] = counts.get(tuple(text), 0) + 1
    return counts


@pytest.mark.parametrize(
    "drafter",
    [
        lambda settings: SmallerDrafter(SMALL, settings, len(START)),
        lambda settings: RepeatingDrafter(TARGET.vocab_size, settings),
        lambda settings: SpellingDrafter(SMALL, TARGET, settings),
    ],
)
def test_many_runs_have_the_targets_law(drafter):
    runs = 3000
    counts = texts_of(runs, drafter)
    expected = {
        text: runs
        * math.prod(float(target_law((*START, *text[:i]))[x]) for i, x in enumerate(text))
        for text in itertools.product(range(TARGET.vocab_size), repeat=3)
    }
    common = [text for text, mean in expected.items() if mean >= 8]
    seen = [counts.get(text, 0) for text in common]
    means = [expected[text] for text in common]
    test = chisquare([*seen, runs - sum(seen)], [*means, runs - sum(means)])
    assert test.pvalue > 1e-4


@pytest.mark.parametrize("drafts", [1, 3, 8])
@pytest.mark.parametrize(
    "rules",
    [
        {"do_sample": False},
        {"do_sample": False, "repetition_penalty": 1.4},
        {"do_sample": False, "no_repeat_ngram_size": 2},
    ],
)
def test_greedy_texts_are_those_of_plain_decoding(drafts, rules):
    settings = DecodingSettings(max_new_tokens=12, **rules)
    plain = [step.token_id for step in generate(TARGET, START, settings)]
    for drafter in (
        SmallerDrafter(SMALL, settings, len(START)),
        RepeatingDrafter(TARGET.vocab_size, settings),
    ):
        passes = list(speculate(TARGET, START, drafter, settings, drafts))
        assert [token for one in passes for token in one.tokens] == plain
        assert passes[-1].finish in ("max_new_tokens", "end_of_text")


def test_without_a_draft_the_drawn_text_is_that_of_plain_decoding():
    class Silent:
        def draft(self, text, most, index):
            return Drafted([])

    settings = DecodingSettings(max_new_tokens=10, seed=5, mirostat_tau=2.0)
    passes = list(speculate(TARGET, START, Silent(), settings, ignore_end=True))
    plain = [step.token_id for step in generate(TARGET, START, settings, ignore_end=True)]
    assert [token for one in passes for token in one.tokens] == plain


def test_the_end_of_the_text_may_be_a_draft_and_ends_the_pass():
    class Ending:
        def draft(self, text, most, index):
            return Drafted([TARGET.eos_id, 0][:most])

    class Sure(NgramModel):
        def next_probabilities(self, ids):
            law = np.zeros(self.vocab_size)
            law[self.eos_id] = 1.0
            return law

    model = Sure.fit(TALE, 1)
    one, *others = list(speculate(model, START, Ending(), DecodingSettings(max_new_tokens=9)))
    assert not others and one.tokens == [model.eos_id] and one.finish == "end_of_text"
    assert [draft.accepted for draft in one.drafts] == [True, None]


def test_the_record_of_a_refusal_is_plain_data_with_all_of_the_mass():
    rows = torch.log(torch.tensor([[0.5, 0.3, 0.2, 0.0], [0.25] * 4]))
    guess = Drafted([3], np.array([[0.1, 0.1, 0.1, 0.7]]), 1)
    record = verify(rows, [0], 1, guess, DecodingSettings(seed=1)).record(str, top=1)
    (draft,) = record["drafts"]
    assert draft["accepted"] is False and draft["p"] == 0 and draft["q"] == 0.7
    assert draft["overlap"] == pytest.approx(0.3)
    refused = record["refused"]
    for name in ("p", "q", "left"):
        whole = sum(row[name] for row in refused["rows"]) + refused["rest"][name]
        assert whole == pytest.approx(1)
    assert record["tokens"][0]["id"] in [row["id"] for row in refused["rows"]]


def test_a_masked_network_drafts_all_places_in_one_call_and_never_a_mask():
    calls = []

    class Blanks:
        vocab_size, mask_id, context_length = 5, 4, 12
        special_ids = frozenset({4})

        def logits(self, canvas):
            calls.append([list(row) for row in canvas])
            return torch.zeros(1, len(canvas[0]), 5) + torch.tensor([0.0, 1, 2, 3, 9])

    drafter = BlankDrafter(Blanks(), DecodingSettings(), ahead=2)
    drafted = drafter.draft([1, 2, 3], 3, 0)
    assert calls == [[[1, 2, 3, 4, 4, 4, 4, 4]]] and drafted.calls == 1
    assert drafted.laws.shape == (3, 5) and (drafted.laws[:, 4] == 0).all()
    assert 4 not in drafted.tokens
    assert drafter.draft(list(range(4)) * 3, 3, 0).tokens == []  # no place is left


def test_drafts_stop_where_the_run_does_and_a_bad_number_gets_a_sentence():
    settings = DecodingSettings(max_new_tokens=2)
    drafter = SmallerDrafter(SMALL, settings, len(START))
    sizes = [len(one.drafts) for one in speculate(TARGET, START, drafter, settings, 8)]
    assert sizes[0] <= 1
    with pytest.raises(ValueError, match=r"drafts must be a whole number in \[1, 16\].*got 17"):
        next(speculate(TARGET, START, drafter, settings, 17))
    assert drafting(DecodingSettings(mirostat_tau=3.0, banned="fox")) == DecodingSettings()
