"""The Diffusion page's own mathematics in the browser: in which order words came, the text as
prose, what an edit takes along."""

import itertools
import random

import pytest

from playground.backend.incremental import join_word_pieces

STAIRCASE = "views/diffusion/staircase.js"


def rows_of(start: str, *calls: list[int]) -> list[dict]:
    """Records of a run: `start` has "." for a given word and "?" for a hidden one; each call
    decides some positions."""
    state = ["locked" if c == "." else "masked" for c in start]
    rows = [{"state": list(state)}]
    for call in calls:
        state = ["settled" if s == "new" else s for s in state]
        for i in call:
            state[i] = "new"
        rows.append({"state": list(state)})
    return rows


def order(module, rows):
    act = "({orderOf, revealsOf}, rows) => orderOf(revealsOf(rows, 99))"
    return module(STAIRCASE, act, rows)


def test_a_text_from_left_to_right_is_a_staircase(module):
    found = order(module, rows_of(".?????", [1], [2], [3], [4], [5]))
    assert found == {"revealed": 5, "beside": 5, "distance": 1, "share": 1}


def test_known_before_the_call_counts_and_words_of_the_same_call_do_not(module):
    # 3 and 4 stand next to each other, but neither next to what was known before
    found = order(module, rows_of(".??????.", [3, 4], [1, 6]))
    assert (found["revealed"], found["beside"], found["share"]) == (4, 2, 0.5)


def test_the_share_by_chance_is_that_of_all_orders(module):
    rows = rows_of(".????", [2], [4], [1], [3])

    def share(places):
        return order_by_hand([0], places)

    exact = sum(share(p) for p in itertools.permutations([1, 2, 3, 4])) / 24
    act = "({shareByChance, revealsOf}, rows) => shareByChance(revealsOf(rows, 99))"
    assert module(STAIRCASE, act, rows) == pytest.approx(exact, abs=0.03)


def order_by_hand(given, places):
    known, beside = set(given), 0
    for i in places:
        beside += i - 1 in known or i + 1 in known
        known.add(i)
    return beside / len(places)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["the", "king", "'", "s", "ball", "."], "the king's ball."),
        (["he", "said", ",", '"', "come", "!", '"', "and", "went"], 'he said, "come!" and went'),
        (["king", ["dom", "+"], "(", "old", ")"], "kingdom (old)"),
        (["well", "-", "known", None, "."], "well-known ▢."),
    ],
)
def test_pieces_become_prose(module, pieces, text):
    words = [piece if isinstance(piece, list) else [piece, ""] for piece in pieces]
    act = """({asProse, learn}, words) => {
      const lexicon = new Map();
      learn(lexicon, Object.fromEntries(words.map((word, i) => [i, word])));
      const state = words.map(([text]) => (text === null ? "masked" : "settled"));
      return asProse({canvas: words.map((_, i) => i), state}, lexicon, "pieces");
    }"""
    assert module("views/diffusion/lexicon.js", act, words) == text


def test_pieces_become_the_prose_that_the_server_makes_of_them(module):
    """The browser writes a text while it comes and the server writes it whole: one set of rules, in
    two languages."""
    draw = random.Random(4)
    pieces = [
        "king",
        "the",
        "##dom",
        "'",
        "s",
        "t",
        '"',
        "`",
        ".",
        ",",
        "!",
        "(",
        ")",
        "-",
        "–",
        "]",
    ]
    texts = [draw.choices(pieces, k=24) for _ in range(400)]
    act = """async ({asProse, learn}, texts) => texts.map((pieces) => {
      const lexicon = new Map();
      learn(lexicon, Object.fromEntries(pieces.map((piece, i) =>
        [i, piece.startsWith("##") ? [piece.slice(2), "+"] : [piece, ""]])));
      const state = pieces.map(() => "settled");
      return asProse({canvas: pieces.map((_, i) => i), state}, lexicon, "pieces");
    })"""
    found = module("views/diffusion/lexicon.js", act, texts)
    assert found == [join_word_pieces(pieces) for pieces in texts]


PASS = {
    "drafts": [
        {"place": 3, "draft": 5, "p": 0.5, "q": 0.6, "accepted": True},
        {"place": 1, "draft": 6, "p": 0.4, "q": 0.1, "accepted": False},
        {"place": 2, "draft": 7, "p": 0.9, "q": None, "accepted": None},
    ],
    "canvas": [4, 8, 0, 5],
    "state": ["locked", "new", "masked", "new"],
    "calls": 1,
}


def test_each_draft_of_a_pass_has_its_fate_and_its_turn(module):
    act = """({draftLooks}, record) => [...draftLooks(record, new Map([["6", {text: "six"}]]))]"""
    looks = {place: look for place, look in module("views/diffusion/drafts.js", act, PASS)}
    assert [(looks[i]["fate"], looks[i]["turn"]) for i in (3, 1, 2)] == [
        ("kept", 0),
        ("refused", 1),
        ("left", 2),
    ]
    assert looks[1]["draft"] == "six" and looks[2]["draft"] == "#7"
    assert module("views/diffusion/drafts.js", act, {"canvas": [1]}) == []


@pytest.mark.parametrize(("price", "calls"), [(None, 1), (1.75, 1.75)])
def test_pieces_a_call_count_a_pass_at_its_price(module, price, calls):
    act = """async ({paceOf}, [record, price], load) => {
      const {newSide} = await load("views/diffusion/side.js");
      const start = {canvas: [4, 0, 0, 0], state: ["locked", "masked", "masked", "masked"], words: {}};
      const side = newSide(price ? {...start, price} : start);
      side.rows.push(record);
      return paceOf(side, 1);
    }"""
    pace = module("views/diffusion/drafts.js", act, [PASS, price])
    assert (pace["filled"], pace["passes"], pace["calls"]) == (2, 1, calls)
    assert pace["aPass"] == 2 and pace["aCall"] == pytest.approx(2 / calls)


def test_a_word_is_thrown_with_the_neighbours_that_the_network_decided(module):
    act = """({thrownWith}, [states, at]) =>
      thrownWith({rows: [{state: states}]}, 0, at)"""
    states = ["locked", "settled", "new", "masked", "settled"]
    thrown = lambda at: module("views/diffusion/edits.js", act, [states, at])  # noqa: E731
    assert thrown(1) == [1, 2]  # what was given stays
    assert thrown(2) == [1, 2]  # what is hidden is hidden
    assert thrown(0) == [0, 1]  # a given word goes if it is the one that is thrown
    assert thrown(3) == [2, 4] and 3 not in thrown(3)


def test_the_weakest_words_are_those_held_least_likely_when_they_were_decided(module):
    top = [None, [[7, 0.9]], [[8, 0.2]], [[9, 0.05], [5, 0.01]]]
    steps = [
        {"canvas": [1, 7, 0, 0], "state": ["locked", "new", "masked", "masked"], "top": top},
        {"canvas": [1, 7, 8, 5], "state": ["locked", "settled", "new", "new"], "top": top},
    ]
    act = """async ({weakestOf}, steps, load) => {
      const {newSide} = await load("views/diffusion/side.js");
      const side = newSide({canvas: [1, 0, 0, 0], state: ["locked", "masked", "masked", "masked"], words: {}});
      side.rows.push(...steps);
      return weakestOf(side, 2);
    }"""
    assert module("views/diffusion/edits.js", act, steps) == [3]


def test_room_is_kept_for_the_words_of_the_twin_that_have_not_come(module):
    act = "({roomFor}, texts) => roomFor(texts, 6).length"
    assert module("views/diffusion/clock.js", act, []) == 24
    texts = [" abcdefg" * n for n in range(1, 6)]  # eight letters a word
    assert module("views/diffusion/clock.js", act, texts) == 8
    assert module("views/diffusion/clock.js", act, [*texts, texts[-1] + " x"]) == 0


def test_a_long_word_is_written_smaller_so_that_it_stands_whole(module):
    act = """({makeWall}, texts) => {
      const host = document.createElement("div"), none = () => {};
      makeWall({host, name: () => "", onLook: none, onEdit: none, onThrow: none}).draw({
        record: {canvas: texts.map(() => 0), state: texts.map(() => "settled"), texts},
        lexicon: new Map(), family: "words", focus: -1, order: null, edits: new Map(), changed: new Set(), moving: false});
      return [...host.children].map((tile) => /canvas-long(er|est)?/.exec(tile.className)?.[0] ?? "");
    }"""
    texts = ["brother", "daughter", "grandmother", "extraordinarily"]
    found = module("views/diffusion/wall.js", act, texts)
    assert found == ["", "canvas-long", "canvas-longer", "canvas-longest"]


def test_the_class_learns_what_comes_next_though_a_step_reveals_nothing(module):
    rows = [
        {"state": state, "canvas": [1, 2, 3], "texts": ["a", "king", "sang"]}
        for state in (
            ["locked", "masked", "masked"],
            ["locked", "masked", "masked"],
            ["locked", "masked", "new"],
        )
    ]
    act = """({placeWord}, rows) =>
      placeWord({rows, card: {}, lexicon: new Map()}, 0)"""
    asked = module("views/diffusion/on_class.js", act, rows)
    assert (asked["masks"], asked["truth"]) == ([1, 2], {"place": 2, "word": "sang"})
