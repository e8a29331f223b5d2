"""Groups of words, replaced words, vectors and the dial, in the browser's own modules."""

import pytest

SIDE = "views/diffusion/side.js"
VECTORS = "views/diffusion/vectors.js"


def rows(*steps):
    return [{"canvas": canvas, "state": state.split()} for canvas, state in steps]


def test_a_group_of_words_is_not_counted_as_a_word(module):
    side = {"card": {"canvas": [1, 9, 9]}, "rows": rows(([1, 4, 9], "locked grouped masked"))}
    assert module(SIDE, "({hiddenAt}, side) => hiddenAt(side, 0)", side) == 2


def test_whoever_goes_on_from_a_group_goes_on_from_a_mask(module):
    side = {
        "card": {"canvas": [1, 9], "mask_id": 9},
        "rows": rows(([1, 4], "locked grouped")),
    }
    act = "({Edits}, side) => new Edits().canvas(side, 0, 0)"
    assert module("views/diffusion/edits.js", act, side) == {
        "canvas": [1, 9],
        "locked": [True, False],
    }


def replaced(module, noise="uniform"):
    side = {
        "card": {"canvas": [9, 9], "noise": noise},
        "rows": rows(
            ([9, 9], "masked masked"),
            ([3, 4], "new new"),
            ([5, 4], "new settled"),
            ([3, 4], "new settled"),
        ),
    }
    act = "({replacedAt}, side) => [1, 2, 3].map((k) => replacedAt(side, k))"
    return module(SIDE, act, side)


def test_only_a_word_in_the_place_of_a_word_is_a_replacement(module):
    assert replaced(module) == [[0, 0], [1, 0], [2, 0]]
    assert replaced(module, "absorbing") == [None] * 3
    said = module(
        "views/diffusion/findings.js",
        "({replacedSentence}) => [[0, 1], [2, 0], [2, 5, 3]].map(replacedSentence)",
    )
    assert said == [
        "",
        "1 word was replaced more than once, 2 times at most.",
        "3 words were replaced more than once, 5 times at most.",
    ]


@pytest.mark.parametrize(
    ("sampler", "words", "steps"),
    [("mdlm", 1, 13), ("mdlm", 4, 4), ("coarse-to-fine", 1, 26), ("coarse-to-fine", 4, 8)],
)
def test_a_group_and_its_word_take_two_steps(module, sampler, words, steps):
    act = "({paceOf, stepsFor}, [s, w]) => [stepsFor(s, 13, w), paceOf(s, 13, stepsFor(s, 13, w))]"
    assert module("views/diffusion/form_offers.js", act, [sampler, words]) == [steps, words]


def test_why_samplers_are_missing_names_who_reads_noise(module):
    missing = [{"title": "CDCD: score interpolation", "posterior": True, "verifier": False}]
    act = "({cannotRun}, given) => [[], ['Every noise']].map((names) => cannotRun(given, names))"
    without, there = module("views/diffusion/form_offers.js", act, missing)
    assert "which only the exact models give: CDCD." in without
    assert "which “Every noise” and the exact models give: CDCD." in there


def test_the_plane_keeps_its_scale_and_far_vectors_stay_on_its_edge(module):
    act = """({scaleOf}, words) => { const on = scaleOf(words);
        return [on([0, 0]), on([99, -99]), on([1, 1])]; }"""
    centre, far, near = module(VECTORS, act, [[0.5, 0.5], [-0.4, 0.2]])
    assert centre == [360, 140] and far == [715, 275]
    assert centre[0] < near[0] < far[0] and near[1] < centre[1]


def test_the_sentence_says_what_is_near_and_what_the_clamp_did(module):
    step = {"near": [[3, 4]], "words": {}, "clamped": [3], "gap": [0.5]}
    act = """({nearSentence}, [step, clamped]) => {
        const lexicon = new Map([["3", {text: "king", join: ""}], ["4", {text: "queen", join: ""}]]);
        const vectors = clamped ? step : {near: step.near};
        return nearSentence({rows: [{}, {vectors}], lexicon}, 1, 0); }"""
    said = module(VECTORS, act, [step, True])
    assert "“king”, “queen”; the clamp snapped it to “king”, over a distance of 0.50" in said
    assert "clamp" not in module(VECTORS, act, [step, False])
