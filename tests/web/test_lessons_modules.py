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


def test_what_cannot_be_voted_on_is_not_asked(module):
    act = "({questionOf}, steps) => steps.map((step) => questionOf(step, {lesson: 'x', step: 1}))"
    many = step("tap", 0, items=[str(k) for k in range(40)])
    nothing = {**STEP, "predict": None, "hidden": {"answer": "", "then": None, "truth": None}}
    steps = [step("order", [0, 1, 2], items=["a", "b", "c"]), many, nothing]
    assert module("views/lessons/vote.js", act, steps) == [None, None, None]


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
      return [store.at, store.atEnd ? false : store.toldAt(store.at).revealed, taken];
    }"""
    assert module("views/lessons/store.js", act, hash_) == [at, revealed, taken]


def test_a_vote_asks_closes_and_brings_the_answers_with_the_truth(module):
    act = """async ({Vote}, step) => {
      const calls = [], got = [];
      let hear = null;
      const vote = new Vote({there: false, now: () => ({step, figure: {lesson: "a", step: 1}}),
        revealed: (place, revealed) => got.push([place, revealed]), seen: () => null});
      await vote.press(); // no class: nothing happens
      vote.session = {classIsOpen: () => true, classState: () => ({answered: 2, present: 3}),
        askClass: async (question) => calls.push(["ask", question.kind]), closeClass: async () => calls.push(["close"]),
        revealClass: async () => calls.push(["reveal"])};
      await vote.press();
      const shown = [vote.element.hidden, vote.element.textContent];
      await vote.reveal("b,1"); // another step
      await vote.reveal("a,1");
      return [calls, shown];
    }"""
    calls, shown = module("views/lessons/vote.js", act, step("card", True))
    assert calls == [["ask", "choice"], ["close"], ["reveal"]]
    assert shown == [False, "2 of 3 answered"]
