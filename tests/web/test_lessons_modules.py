"""The stage's own reckoning: links, what a class is asked, which guess was near."""

import pytest

STEP = {
    "title": "x",
    "text": ["**One** thing.", "Last."],
    "question": "Why *so*?",
    "figure": None,
    "open": "",
    "needs_model": False,
}


def step(kind, truth, **predict):
    hidden = {"answer": "So.", "then": None, "truth": truth}
    return {**STEP, "predict": {"kind": kind, **predict}, "hidden": hidden}


PLACE = {"lesson": "escape", "step": 2}


@pytest.mark.parametrize(
    ("asked", "kind", "rest"),
    [
        (step("card", False), "choice", {"choices": ["True", "False"], "truth": 1}),
        (step("choice", 1, items=["*a*", "b"]), "choice", {"choices": ["a", "b"], "truth": 1}),
        (step("tap", 0, items=["a", "b"]), "choice", {"choices": ["a", "b"], "truth": 0}),
        (
            step("mark", 2.3, low=0, high=5, step=0.05),
            "number",
            {"low": 0, "high": 5, "step": 0.05, "unit": "", "truth": 2.3},
        ),
        (
            step("order", [1, 0, 2], items=["a", "*b*", "c"]),
            "order",
            {"choices": ["a", "b", "c"], "truth": [1, 0, 2]},
        ),
        (
            step("drag", [0.5, 0.5], items=["a", "b"], low=0, high=1),
            "numbers",
            {"labels": ["a", "b"], "low": 0, "high": 1, "truth": [0.5, 0.5]},
        ),
    ],
)
def test_a_class_is_asked_what_stands_on_the_stage(module, asked, kind, rest):
    act = "({questionOf}, [step, place]) => questionOf(step, place)"
    question = module("views/lessons/vote.js", act, [asked, PLACE])
    assert question == {"kind": kind, "text": "Last. Why so?", "figure": PLACE, **rest}


BY_HEIGHT = {"kind": "bars", "rows": [{"name": name} for name in ("there", "a", "the")]}


@pytest.mark.parametrize(
    ("figure", "then", "choices", "counts"),
    [
        (BY_HEIGHT, None, ["a", "the", "there"], [0, 2, 1]),
        ({**BY_HEIGHT, "ordered": True}, None, ["there", "a", "the"], [2, 1, 0]),
        (BY_HEIGHT, BY_HEIGHT, ["there", "a", "the"], [2, 1, 0]),
    ],
    ids=["the likeliest would stand first", "1st, 2nd, 3rd", "heights are on view"],
)
def test_the_order_of_the_choices_does_not_tell_a_class_the_likeliest(
    module, figure, then, choices, counts
):
    """Phones list the rows as the projector does, and the votes come back to their own bars."""
    asked = step("tap", 0, items=["there", "a", "the"]) | {"figure": figure}
    asked["hidden"]["then"] = then
    answers = [{"key": "0", "count": 2}, {"key": "1", "count": 1}]
    act = """({questionOf, votesOf}, [step, place, answers]) => {
      const {choices, truth} = questionOf(step, place);
      return [choices, choices[truth], votesOf(step, answers).counts]; }"""
    found = module("views/lessons/vote.js", act, [asked, PLACE, answers])
    assert found == [choices, "there", counts]


def test_a_figure_that_is_still_computed_is_not_voted_on(module):
    asked = step("tap", None) | {"needs_model": True}
    act = "({questionOf}, step) => questionOf(step, {lesson: 'x', step: 1})"
    assert module("views/lessons/vote.js", act, asked) is None


def test_a_question_is_no_longer_than_a_class_may_be_asked(module):
    long = {**step("card", True), "text": ["word " * 60]}
    act = "({questionOf}, step) => questionOf(step, {lesson: 'x', step: 1}).text"
    assert module("views/lessons/vote.js", act, long) == "Why so?"


def test_what_cannot_be_voted_on_is_not_asked(module):
    act = "({questionOf}, steps) => steps.map((step) => questionOf(step, {lesson: 'x', step: 1}))"
    many = step("tap", 0, items=[str(k) for k in range(40)])
    nothing = {**STEP, "predict": None, "hidden": {"answer": "", "then": None, "truth": None}}
    assert module("views/lessons/vote.js", act, [many, nothing]) == [None, None]


@pytest.mark.parametrize(
    ("asked", "answers", "votes"),
    [
        (step("card", False), [("0", 3), ("1", 1)], {"n": 4, "counts": [3, 1]}),
        (step("choice", 1, items=["a", "b", "c"]), [("2", 2)], {"n": 2, "counts": [0, 0, 2]}),
        (step("tap", 0, items=["a", "b"]), [("1", 1), ("9", 1)], {"n": 2, "counts": [0, 1]}),
        (step("number", 0.3, low=0, high=1), [("0.25", 2)], {"n": 2, "values": [0.25, 0.25]}),
        (step("mark", 2, low=0, high=5), [("2", 1), ("3.5", 1)], {"n": 2, "values": [2, 3.5]}),
        (
            step("drag", [0.5, 0.5], items=["a", "b"]),
            [("0.5, 0.25", 2), ("1, 0", 1)],
            {"n": 3, "each": [[0.5, 0.5, 1], [0.25, 0.25, 0]]},
        ),
        (
            step("order", [1, 0, 2], items=["a", "b", "c"]),
            [("1,0,2", 2), ("0,1,2", 1)],
            {"n": 3, "orders": [[1, 0, 2], [1, 0, 2], [0, 1, 2]]},
        ),
        (step("card", True), [], None),
    ],
)
def test_a_classs_answers_become_votes_on_the_figure(module, asked, answers, votes):
    rows = [{"key": key, "text": key, "count": count} for key, count in answers]
    act = "({votesOf}, [step, rows]) => votesOf(step, rows)"
    assert module("views/lessons/vote.js", act, [asked, rows]) == votes


def test_dots_are_as_many_as_people_and_stay_where_nothing_changed(module):
    act = """({rowDots, valueDots, placeDots}) => {
      const make = () => document.createElement("div"), count = (host) => host.querySelectorAll(".stage-dot").length;
      const row = make(), line = make(), places = make();
      rowDots(row, 3, 6);
      const first = row.querySelector(".stage-dot"), left = [...row.querySelectorAll(".stage-dot")].map((one) => one.style.left);
      rowDots(row, 3, 6);
      const kept = row.querySelector(".stage-dot") === first;
      valueDots(line, [0, 0.5, 0.5, 9], 0, 1);
      const ups = [...line.querySelectorAll(".stage-dot")].map((one) => one.style.getPropertyValue("--up"));
      const counts = [count(row), count(line)];
      rowDots(row, 150, 200);
      const width = row.querySelector(".stage-people").style.width;
      rowDots(row, null, 0);
      placeDots(places, [2, 1, 0], 3, 0);
      return [left, kept, ups, counts, width, row.childElementCount, places.querySelectorAll(".right").length];
    }"""
    left, kept, ups, counts, width, none, right = module("views/lessons/dots.js", act)
    assert left == ["8.33333%", "25%", "41.6667%"] and kept, "three of six end at one half"
    assert ups == ["0", "0", "1", "0"] and counts == [3, 4]
    assert (width, none, right) == ("75%", 0, 1)


@pytest.mark.parametrize(
    ("asked", "guess", "near"),
    [
        (step("choice", 1, items=["a", "b"]), 1, True),
        (step("card", False), True, False),
        (step("number", 0.307, low=0, high=1), 0.34, True),
        (step("number", 0.307, low=0, high=1), 0.4, False),
        (step("drag", [0.84, 0.16], items=["a", "b"]), [0.8, 0.2], True),
        (step("drag", [0.84, 0.16], items=["a", "b"]), [0.84, 0.3], False),
        (step("order", [2, 0, 1], items=["a", "b", "c"]), [2, 0, 1], True),
        (step("number", 0.307), None, None),
    ],
)
def test_a_guess_is_right_or_near(module, asked, guess, near):
    act = "({hit}, [step, guess]) => hit(step, guess)"
    assert module("views/lessons/said.js", act, [asked, guess]) is near


@pytest.mark.parametrize(
    ("hash_", "at", "revealed", "taken"),
    [
        ("#3", 2, False, True),
        ("#3r", 2, True, True),
        ("#99", 4, False, True),
        ("#0", 0, False, True),
        ("#end", 4, False, True),
        ("#3x", 1, False, False),
        ("#<img src=x>", 1, False, False),
        ("", 1, False, False),
    ],
)
def test_the_end_of_the_link_names_the_step(module, hash_, at, revealed, taken):
    act = """({Store}, hash) => {
      const store = new Store();
      store.lessons = [{slug: "a", title: "A", minutes: "3", count: 4}];
      store.open("lesson:a", 1);
      const taken = store.takeHash(hash);
      return [store.at, store.atEnd ? false : store.stateAt(store.at).revealed, taken];
    }"""
    assert module("views/lessons/store.js", act, hash_) == [at, revealed, taken]


def test_a_vote_asks_closes_and_reveals_and_its_answers_come_before_the_truth(module):
    act = """async ({Vote}, step) => {
      const calls = [], got = [];
      let state = {state: "open", answered: 2, present: 3, question: null, answers: []};
      const become = (name) => async (question) => {
        calls.push(name);
        const asked = question ? {question: {...question, id: 1}} : {};
        state = {...state, state: name, ...asked, answers: name === "asked" ? [] : [{key: "0", count: 2}]};
        vote.hear();
      };
      const vote = new Vote({there: false, now: () => ({step, figure: {lesson: "a", step: 1}}),
        voted: (place, answers, reveals) => got.push([place, answers?.length ?? null, reveals]), seen: () => null});
      await vote.press(); // no class: nothing happens
      vote.session = {classIsOpen: () => true, classState: () => state, askClass: become("asked"), closeClass: become("closed"),
        revealClass: become("revealed")};
      await vote.press();
      const shown = [vote.element.hidden, vote.element.textContent];
      await vote.press();
      await vote.press(); // the votes are there: R reveals
      await vote.reveal("b,1"); // another step
      await vote.reveal("a,1");
      vote.hear(); // it is heard of again: the truth is not revealed again
      state = {...state, state: "open", question: null};
      vote.hear();
      return [calls, shown, got];
    }"""
    calls, shown, got = module("views/lessons/vote.js", act, step("card", True))
    assert calls == ["asked", "closed", "revealed"]
    assert shown == [False, "2 of 3 answered"]
    assert got == [["a,1", 1, False], ["a,1", 1, True], ["a,1", 1, False], ["a,1", None, False]]
