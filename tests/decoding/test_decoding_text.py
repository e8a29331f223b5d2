"""Incremental text, loops at the end of a text, scoring a given text, many draws."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.decoding import draw_many, find_loop, score, text_pieces
from playground.decoding.loops import along_loop, loop_tokens
from playground.decoding.scoring import _chi_square, score_record, score_tokens
from playground.decoding.text import TextStream, token_text, visible
from tests.doubles import MarkovCausalModel, RandomCausalModel


def decode_bytes(ids):
    return bytes(ids).decode("utf-8", errors="replace")


@given(st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_pieces_of_single_bytes_join_to_the_text_and_never_show_garbage(text):
    pieces = text_pieces(decode_bytes, list(text.encode()))
    assert "".join(pieces) == text
    if "\ufffd" not in text:
        assert all("\ufffd" not in piece for piece in pieces)


@given(st.lists(st.integers(0, 255), max_size=30))
@settings(max_examples=200, deadline=None)
def test_pieces_of_any_bytes_join_to_the_whole_decoding(ids):
    assert "".join(text_pieces(decode_bytes, ids)) == decode_bytes(ids)


def test_a_token_of_an_unfinished_character_is_marked():
    pieces = text_pieces(decode_bytes, [*"é".encode(), ord("a")])
    assert pieces == ["", "é", "a"] and [piece.unfinished for piece in pieces] == [
        True,
        False,
        False,
    ]
    cut = text_pieces(decode_bytes, [ord("a"), 0xF0, 0x9F])
    assert cut[0] == "a" and "".join(cut) == "a\ufffd" and cut[-1].unfinished


def test_a_decoder_that_strips_the_first_space_keeps_the_others():
    words = {0: " the", 1: " cat", 2: "s"}
    assert text_pieces(
        lambda ids: "".join(words[i] for i in ids).removeprefix(" "), [0, 1, 2, 0]
    ) == ["the", " cat", "s", " the"]


def test_a_long_text_is_decoded_in_short_windows():
    longest = 0

    def decode(ids):
        nonlocal longest
        longest = max(longest, len(ids))
        return decode_bytes(ids)

    stream = TextStream(decode)
    assert "".join(stream.push(token) for token in b"abc" * 200) == "abc" * 200
    assert longest <= 3


def test_visible_marks_and_remembered_token_texts():
    assert visible("a b\n\t\x00") == "a·b⏎⇥\\x00"
    calls = []
    text_of = token_text(lambda ids: calls.append(ids) or str(ids[0]))
    assert text_of(5) == text_of(5) == "5" and len(calls) == 1


# loops


def slow_loop(ids, min_repeats, min_length):
    for period in range(1, len(ids) // min_repeats + 1):
        start = len(ids) - period
        while start > 0 and ids[start - 1] == ids[start - 1 + period]:
            start -= 1
        length = len(ids) - start
        if length >= min_length and length // period >= min_repeats:
            return (period, start, length, length // period)
    return None


@given(
    st.lists(st.integers(0, 2), max_size=15),
    st.lists(st.integers(0, 2), min_size=1, max_size=6),
    st.integers(0, 6),
    st.integers(0, 5),
)
@settings(max_examples=300, deadline=None)
def test_loops_equal_a_slow_reference(head, lap, laps, extra):
    ids = head + lap * laps + lap[:extra]
    assert find_loop(ids) == slow_loop(ids, 3, 8)


def test_loops_of_long_texts():
    rng = np.random.default_rng(0)
    head = rng.integers(0, 50_000, 4000).tolist()
    assert find_loop(head) is None
    assert find_loop(head + [7, 8, 9, 10] * 5) == (4, 4000, 20, 5)
    assert find_loop([1] * 7) is None and find_loop([1] * 8).period == 1
    assert find_loop([]) is None


def test_a_broken_lap_is_no_loop():
    assert find_loop([1, 2, 3, 4] * 3 + [1, 2, 9]) is None
    assert (
        find_loop([1, 2, 3, 4, 1, 2, 9, 4] + [1, 2, 3, 4] * 3).start == 7
    )  # the 4 before the laps belongs to the cycle


def test_the_loop_goes_on_where_the_text_ends():
    ids = [9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1]
    assert loop_tokens(ids, find_loop(ids), 5) == [2, 3, 1, 2, 3]


def test_entropy_and_probability_along_the_loop():
    chain = MarkovCausalModel([[0.1, 0.9], [0.8, 0.2]])
    facts = along_loop(chain.logits_along([0, 1]), [1, 0])
    assert [fact["loop_probability"] for fact in facts] == pytest.approx([0.9, 0.8], abs=1e-6)
    assert facts[0]["entropy"] == pytest.approx(
        -0.1 * math.log(0.1) - 0.9 * math.log(0.9), abs=1e-6
    )


# scoring


def test_scores_of_a_chain_by_hand():
    chain = MarkovCausalModel([[0.1, 0.9], [0.8, 0.2]])
    scored = score(chain, [0, 1, 1, 0])
    assert [token["probability"] for token in scored.tokens] == [
        None,
        *(pytest.approx(p, abs=1e-6) for p in (0.9, 0.2, 0.8)),
    ]
    assert [token["rank"] for token in scored.tokens] == [None, 1, 2, 1]
    assert (
        scored.perplexity == pytest.approx((0.9 * 0.2 * 0.8) ** (-1 / 3), rel=1e-6)
        and scored.scored == 3
    )


def test_perplexity_with_and_without_the_first_token():
    class Steps:
        """P(token t) = given[t], the rest on token 1; token 0 is the text."""

        def __init__(self, given):
            self.rows = torch.tensor([[p, 1 - p] for p in given]).log()

        def logits_along(self, ids):
            return self.rows[-len(ids) :]

    given = [0.9, 0.8, 0.6, 0.4, 0.3, 0.2]
    assert score(Steps(given), [0] * 6, start_id=1).perplexity == pytest.approx(2.14, abs=0.005)
    assert score(Steps(given), [0] * 6).perplexity == pytest.approx(2.44, abs=0.005)


def test_blocks_give_the_same_scores_and_records_agree():
    class Blocks(RandomCausalModel):
        def logits_chunks(self, ids):
            rows = self.logits_along(ids)
            yield rows[:2]
            yield rows[2:]

    ids = [1, 5, 9, 2, 7]
    assert list(score_tokens(Blocks(), ids)) == list(score_tokens(RandomCausalModel(), ids))
    record = score_record(RandomCausalModel(), ids, 3)
    entry = score(RandomCausalModel(), ids).tokens[3]
    assert record["token_id"] == 2 and record["forced"] and record["rank"] == entry["rank"]
    assert record["surprisal"] == pytest.approx(entry["surprisal"], rel=1e-6)


def test_impossible_and_single_tokens_are_scored_without_infinity():
    chain = MarkovCausalModel([[1.0, 0.0], [0.5, 0.5]])
    assert (
        score(chain, [0, 1]).tokens[1]["surprisal"] is None
        and score(chain, [0, 1]).perplexity is None
    )
    assert score(chain, [0]).scored == 0 and score(chain, [0]).perplexity is None
    with pytest.raises(ValueError, match="ids must hold at least 1 token"):
        score(chain, [])


# many draws


def test_many_draws_match_the_distribution_and_a_wrong_one_is_found():
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    draws = draw_many(weights, 20_000, seed=1)
    assert draws.counts.sum() == 20_000 and draws.degrees_of_freedom == 3 and draws.p_value > 0.001
    np.testing.assert_allclose(draws.counts / 20_000, weights, atol=0.015)
    assert _chi_square(draws.counts, np.array([0.37, 0.33, 0.2, 0.1]), 20_000)[2] < 1e-6


def test_p_values_are_uniform_over_seeds():
    values = [draw_many(np.full(10, 0.1), 1000, seed=seed).p_value for seed in range(300)]
    assert abs(np.mean(values) - 0.5) < 0.06 and 0.02 < np.mean(np.array(values) < 0.1) < 0.18


def test_the_statistic_equals_scipy_on_unpooled_cells():
    from scipy.stats import chisquare

    draws = draw_many([0.5, 0.3, 0.2], 500, seed=2)
    theirs = chisquare(draws.counts, np.array([0.5, 0.3, 0.2]) * 500)
    assert draws.statistic == pytest.approx(theirs.statistic) and draws.p_value == pytest.approx(
        theirs.pvalue
    )


def test_rare_tokens_share_a_cell():
    weights = np.array([0.5, 0.49] + [0.01 / 100] * 100)
    draws = draw_many(weights, 1000, seed=3)
    assert draws.pooled == 100 and draws.degrees_of_freedom == 2
    assert draw_many([1.0, 0.0], 50).p_value == 1.0 and draw_many(
        [1.0, 0.0], 50
    ).counts.tolist() == [50, 0]


def test_bad_draws_are_named():
    with pytest.raises(ValueError, match=r"n must be in \[1, 10000000\], got 0"):
        draw_many([1.0], 0)
    with pytest.raises(ValueError, match="probabilities must be one row"):
        draw_many([-1.0, 2.0], 5)
