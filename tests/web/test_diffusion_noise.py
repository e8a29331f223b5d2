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
    act = """({scaleOf}, words) => { const on = scaleOf(words, [720, 280]);
        return [on([0, 0]), on([99, -99]), on([1, 1])]; }"""
    centre, far, near = module(VECTORS, act, [[0.5, 0.5], [-0.4, 0.2]])
    assert centre == [360, 140] and far == [715, 275]
    assert centre[0] < near[0] < far[0] and near[1] < centre[1]


def test_the_picture_comes_nearer_as_the_noise_falls_and_never_moves_away(module):
    far = [3.0, 0.9, 1.6, 0.3]  # of the one vector at steps 1 to 4; step 0 has none
    act = """({reachOf}, far) => {
        const rows = [{}, ...far.map((x) => ({vectors: {at: [null, [0, x]]}}))];
        return [0, 1, 2, 3, 4].map((step) => reachOf({rows}, step)); }"""
    assert module(VECTORS, act, far) == [2.4, 2.4, 1.6, 1.6, 0.3]


def test_the_words_stay_in_the_picture_however_near_it_comes(module):
    act = """({scaleOf}, words) => scaleOf(words, [720, 280], 0.1)(words[0])"""
    assert module(VECTORS, act, [[0.5, 0.25], [-0.4, 0.2]]) == [706, 14]


def test_the_sentence_says_what_is_near_and_what_the_clamp_did(module):
    step = {"near": [[3, 4]], "words": {}, "clamped": [3], "gap": [0.5]}
    act = """({nearSentence}, [step, clamped]) => {
        const lexicon = new Map([["3", {text: "king", join: ""}], ["4", {text: "queen", join: ""}]]);
        const vectors = clamped ? step : {near: step.near};
        return nearSentence({rows: [{}, {vectors}], lexicon}, 1, 0); }"""
    said = module(VECTORS, act, [step, True])
    assert "“king”, “queen”; the clamp snapped it to “king”, over a distance of 0.50" in said
    assert "clamp" not in module(VECTORS, act, [step, False])


PLACES = """({placeLabels}, [labels, size]) =>
    placeLabels(labels, size, 14, (text) => 7 * text.length)"""


def boxes(labels, spots):
    for label, spot in zip(labels, spots, strict=True):
        if spot:
            wide = 7 * len(label["text"])
            left = spot["x"] - wide * {"start": 0, "middle": 0.5, "end": 1}[spot["anchor"]]
            yield left, spot["y"] - 0.8 * 14, left + wide, spot["y"] + 0.25 * 14


@pytest.mark.parametrize("size", [[520, 260], [350, 210]])
def test_labels_never_lie_over_one_another_and_the_first_is_always_there(module, size):
    labels = [
        {
            "x": 20 + 37 * i % size[0],
            "y": 20 + (23 * i) % (size[1] // 2),
            "text": "word" + "s" * (i % 5),
        }
        for i in range(40)
    ]
    spots = module("views/diffusion/plane.js", PLACES, [labels, size])
    found = list(boxes(labels, spots))
    assert spots[0] and 8 < len(found) < 40
    for n, (left, top, right, bottom) in enumerate(found):
        assert left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1]
        for other in found[:n]:
            assert left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]


def test_a_label_of_no_room_stays_away_and_one_at_the_edge_turns_inwards(module):
    same = [{"x": 60, "y": 15, "text": "abcdefghij"}] * 12
    spots = module("views/diffusion/plane.js", PLACES, [same, [130, 30]])
    assert spots[0] and spots.count(None) >= 9
    late = module(
        "views/diffusion/plane.js", PLACES, [[{"x": 195, "y": 50, "text": "king"}], [200, 100]]
    )
    assert late[0]["anchor"] == "end"


def test_words_come_before_repeats_and_signs(module):
    act = "({byImportance}, all) => byImportance(all.map((text) => ({text}))).map((l) => l.text)"
    assert module("views/diffusion/plane.js", act, [",", "the", "the", "king", "."]) == [
        *["the", "king", "the", ",", "."],
    ]


def test_the_warped_schedule_comes_first_where_warping_was_trained(module):
    models = [["a", "masks", False, False, False], ["b", "every", False, False, True]]
    models.append(["c", "exact", True, True, True])
    act = """({firstSchedule}, models) =>
        ["masks", "every", "exact", "gone"].map((name) => firstSchedule(models, name))"""
    assert module("views/diffusion/corrupt.js", act, models) == [
        *["linear", "entropy-linear", "linear", "linear"],
    ]
    act = """({scheduleOf}) => [["cdcd", false], ["diffusion-lm", true], ["diffusion-lm", false],
        ["mdlm", true]].map((one) => scheduleOf(...one))"""
    assert module("views/diffusion/form_offers.js", act) == [
        *["entropy-linear", "entropy-linear", "linear", "linear"],
    ]


def test_cdcd_offers_its_two_spacings_and_the_one_of_an_old_link(module):
    act = """({schedulesOf}) => [["cdcd", "entropy-linear"], ["cdcd", "linear"], ["mdlm", "linear"]]
        .map(([name, now]) => schedulesOf({name}, ["linear", "cosine", "geometric", "entropy-linear"], now))"""
    found = module("views/diffusion/form_offers.js", act)
    assert found[0] == ["geometric", "entropy-linear"]
    assert found[1] == ["linear", "geometric", "entropy-linear"] and len(found[2]) == 4


def test_how_long_vectors_last_is_said_from_figures(module):
    act = "({lastingSentence}, all) => all.map((lasting) => lastingSentence({lasting}))"
    given = [
        {"length": 1, "noise": 8, "half": 0.947},
        {"length": 1, "noise": 1, "half": None},
        None,
    ]
    assert module("views/diffusion/corrupt_figures.js", act, given) == [
        "vectors 1.0 long, noise 8.0 long: half of the words are lost at ᾱ = 0.95",
        "vectors 1.0 long, noise 1.0 long",
        "",
    ]
