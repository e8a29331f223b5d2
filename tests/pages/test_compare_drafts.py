"""Speculative decoding on Compare: what a run tells, the figures, drafters whose tokens agree and
do not, bad requests."""

import pytest

from playground.pages.compare import drafts
from playground.pages.compare.drafts import Timed, Wish, figures, same_tokens, side_by_side
from playground.pages.compare.race import Side
from tests.pages.doubles import WORDS, DoubleBackend, WordModel

ASKED = {"model": "double", "prompt": "The old king", "tokens": 20, "drafts": 3, "seed": 1}


def messages(**changes):
    return list(drafts.run(DoubleBackend(), {**ASKED, **changes}))


@pytest.mark.parametrize("drafter", ["repeats", "double"])
def test_both_texts_are_whole_and_the_same_where_nothing_is_drawn(drafter):
    frames = messages(drafter=drafter, temperature=0)
    plain = "".join(frame["plain"]["piece"] for frame in frames if "plain" in frame)
    drafted = "".join("".join(frame["pass"]["pieces"]) for frame in frames if "pass" in frame)
    after = frames[-1]["after"]
    assert plain == drafted and after["same_text"] and after["tokens"] == [20, 20]
    assert after["passes"] == [20, sum("pass" in frame for frame in frames)]
    assert after["tokens_a_pass"] == 20 / after["passes"][1]
    if drafter == "double":  # it is the model itself: every draft is accepted
        assert after["accepted"] == after["judged"] == after["drafted"] and after["overlap"] == 1


def test_a_run_is_the_same_again_and_its_passes_join_to_the_text():
    first, again = (
        messages(drafter="double", temperature=0.9),
        messages(drafter="double", temperature=0.9),
    )
    texts = [
        [frame["pass"]["tokens"] for frame in frames if "pass" in frame]
        for frames in (first, again)
    ]
    assert texts[0] == texts[1]
    places = [frame["pass"]["index"] for frame in first if "pass" in frame]
    sizes = [len(tokens) for tokens in texts[0]]
    assert places == [sum(sizes[:place]) for place in range(len(sizes))]


def test_whoever_has_fewer_tokens_goes_next_and_the_drafters_time_counts():
    frames = messages(drafter="double", temperature=0)
    sides = ["plain" if "plain" in frame else "pass" for frame in frames if "progress" in frame]
    assert sides[1:6] == ["plain", "pass", "plain", "plain", "plain"]  # a pass gave 4 tokens
    moments = iter([0.0, 2.5, 10.0, 10.5])
    timed = Timed(DraftsNothing(), lambda: next(moments))
    timed.draft([1], 2, 0)
    timed.draft([1], 2, 0)
    assert timed.seconds == 3.0


class DraftsNothing:
    def draft(self, text, most, index):
        return []


def test_figures_of_a_run_without_a_draft():
    left, right = Side(iter(())), Side(iter(()))
    assert list(side_by_side(left, right, WordModel(WORDS), [0], 4, [])) == []
    answer = figures(left, right, [], 0.0)
    assert answer["overlap"] is None and answer["ratio"] is None


def test_tokens_agree_only_where_every_id_is_the_same_text():
    assert same_tokens(WordModel(WORDS), WordModel(list(WORDS)))
    assert not same_tokens(WordModel(WORDS), WordModel(list(reversed(WORDS))))
    assert not same_tokens(WordModel(WORDS), WordModel(WORDS[:-1]))


class TwoModels(DoubleBackend):
    """Beside the double a model with the same words in another order."""

    def status(self, name):
        return super().status("double")

    def causal(self, name):
        return WordModel(WORDS if name == "double" else WORDS[::-1])


def test_a_drafter_with_other_tokens_is_read_as_letters_and_its_drafts_are_fixed_guesses():
    frames = list(drafts.run(TwoModels(), {**ASKED, "drafter": "other", "temperature": 0.9}))
    assert next(frame["begin"]["way"] for frame in frames if "begin" in frame) == "spelling"
    made = [one for frame in frames if "pass" in frame for one in frame["pass"]["drafts"]]
    assert made and all(one["q"] == 1 for one in made)
    assert all(one["overlap"] == pytest.approx(one["p"]) for one in made if one["p"] is not None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"drafts": 0}, r"drafts must be a whole number in \[1, 16\], got 0"),
        ({"tokens": 121}, r"tokens must be a whole number in \[1, 120\], got 121"),
        ({"top_p": 2}, r"top_p must be a number in \[0, 1\].*got 2"),
        ({"prompt": " "}, "prompt must hold"),
        ({"drafter": 7}, "drafter must be a text"),
    ],
)
def test_bad_requests_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        Wish.read({**ASKED, **change})


def test_a_program_gets_the_whole_answer():
    answer = list(drafts.speculative_text(DoubleBackend(), {**ASKED, "temperature": 0}))[-1]
    assert answer["answer"]["text"] == answer["answer"]["plain"]
    assert answer["answer"]["way"] == "repeats" and answer["answer"]["passes"]
