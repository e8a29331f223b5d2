"""A student's page in every state of a class, against the wire alone: what a test says is what the
page is told."""

import pytest
from playwright.sync_api import expect

from tests.browser.class_double import EMPTY, ClassDouble
from tests.browser.conftest import PATIENCE, PHONE, axe, fits, free_port

TOKEN = {
    **{"id": 1, "kind": "token", "text": "", "known_only": True},
    "prompt": "so one day, when the",
}
CHOICE = {"id": 2, "kind": "choice", "text": "Which rule?", "choices": ["top-k", "min-p", "none"]}
NUMBER = {
    **{"id": 3, "kind": "number", "text": "At what temperature?", "unit": "T"},
    **{"low": 0, "high": 5, "step": 0.05},
}
PLACE = {
    **{"id": 4, "kind": "place_word", "text": "", "masks": [1, 3]},
    "canvas": ["the", "", "gave", "", "boy"],
}
PAIR = {"id": 5, "kind": "pair", "text": "", "first": "a king.", "second": "a queen."}
SHANNON = {"id": 6, "kind": "shannon", "text": "", "words": 9, "finished": 0, "given": 0}
GAME = {
    **{"text": "the old woman", "place": 3, "words": 9, "tries": ["ring"], "finished": False},
    **{"done": [{"text": "woman", "guesses": 2, "model": 16}], "last": None},
}
ROW = {"q": 0.5, "count": 1, "drawn": False, "likeliest": False}
REVEALED = {
    **{"kind": "token", "rules": False, "n": 2, "hit_drawn": 0, "hit_likeliest": 1},
    "rows": [
        {**ROW, "key": "1", "text": " king", "p": 0.479, "likeliest": True},
        {**ROW, "key": "2", "text": " sun", "p": 0.086, "q": 0, "count": 0, "drawn": True},
    ],
    "outside": [{"key": "3", "text": " <img onerror=x>", "p": 0.0001, "q": 0.5, "count": 1}],
    "hidden": {"count": 0, "q": 0},
    "others": {"p": 0.4349, "q": 0, "count": 0},
    "drawn": {"text": " sun", "p": 0.086, "id": 2},
    "likeliest": {"text": " king", "p": 0.479},
    "favourite": {"text": " king", "p": 0.479, "q": 0.5, "count": 1},
    **{"overlap": 0.48, "mean_surprisal": 7.2, "infinite": 0},
}
SAID = {"answer": "kings", "counted_as": " king", "whole": False, "id": 1}
OWN = {**SAID, "p": 0.479, "bits": 1.06, "hit": False, "key": "1"}
FRONT = {
    **{"address": "?tab=generate&seed=3", "page": "generate", "title": "Generate"},
    **{"text": "once there was", "step": 4},
}

STATES = {
    "waiting": ({}, "You are in."),
    "following": ({"front": FRONT}, "Following the front"),
    "word": ({"state": "asked", "question": TOKEN}, "What comes next?"),
    "word-sent": ({"state": "asked", "question": TOKEN, "yours": SAID}, "What comes next?"),
    "choice": ({"state": "asked", "question": CHOICE}, "Which rule?"),
    "number": ({"state": "asked", "question": NUMBER, "yours": {"answer": 1.4}}, "At what temper"),
    "place": ({"state": "asked", "question": PLACE}, "Which place next"),
    "pair": ({"state": "asked", "question": PAIR}, "Which text is better?"),
    "shannon": ({"state": "asked", "question": SHANNON, "yours": GAME}, "Guess until"),
    "closed": ({"state": "closed", "question": TOKEN, "yours": SAID}, "Answers are closed."),
    "revealed": (
        {"state": "revealed", "question": TOKEN, "revealed": REVEALED, "yours": OWN},
        "1.06 bits of surprise",
    ),
    "ended": ({"state": "ended"}, "The class is closed."),
}


@pytest.fixture(scope="module")
def server():
    double = ClassDouble(free_port())
    double.start()
    yield double
    double.stop()


@pytest.fixture
def double(server):
    server.state = {**EMPTY, "id": server.state["id"] + 1}
    server.answers, server.polls, server.breaks, server.opened = [], 0, 0, 0
    server.silent, server.gone, server.full, server.refuse = False, False, False, None
    server.yours = lambda answer: {"answer": answer}
    return server


@pytest.fixture
def seat(chromium, double):
    """Opens a student's page; `seat(state)` gives the page."""
    contexts = []

    def go(locale="en", size=PHONE, clock=False, **state):
        double.show(**state)
        context = chromium.new_context(viewport=size, locale=locale)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if clock:
            context.clock.install()
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(f"{double.url}/class/KFMWP")
        return page

    yield go
    for context in contexts:
        faults = [fault for page in context.pages for fault in page.faults]
        context.close()
        assert not faults, faults


@pytest.mark.parametrize("name", STATES)
def test_each_state_is_whole_at_320_px_and_without_faults_of_access(seat, name):
    state, sentence = STATES[name]
    page = seat(size={"width": 320, "height": 568}, **state)
    expect(page.locator("main")).to_contain_text(sentence)
    fits(page)
    assert axe(page) == []


def test_what_the_class_said_is_text_and_never_markup(seat):
    page = seat(**STATES["revealed"][0])
    expect(page.locator(".class-row.outside .class-name")).to_contain_text("<img·onerror=x>")
    assert page.locator("main img").count() == 0


def test_a_word_is_sent_by_the_key_and_changed(seat, double):
    double.yours = lambda answer: {"answer": answer, "counted_as": " king", "whole": False}
    page = seat(state="asked", question=TOKEN)
    page.locator("#in").fill("kings")
    expect(page.locator(".gap")).to_have_text("kings")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("counted as “king”")
    page.get_by_role("button", name="Change").click()
    expect(page.locator("#in")).to_be_focused()
    page.keyboard.type("queen")
    page.keyboard.press("Enter")
    expect(page.locator(".gap")).to_have_text("queen")
    assert double.answers == ["kings", "queen"]


def test_a_refused_word_stays_in_the_field_with_the_sentence(seat, double):
    double.refuse = (400, "The model does not know “zzz”: try another word.")
    page = seat(state="asked", question=TOKEN)
    page.locator("#in").fill("zzz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not know")
    expect(page.locator("#in")).to_have_value("zzz")


def test_while_somebody_writes_a_count_takes_nothing_away(seat, double):
    page = seat(state="asked", question=TOKEN)
    page.locator("#in").press_sequentially("que")
    double.show(present=9, answered=4)
    expect(page.locator("#here")).to_contain_text("9 here")
    page.keyboard.type("en")
    expect(page.locator("#in")).to_have_value("queen")


def test_an_answer_without_a_line_is_kept_and_sent_again(seat, double):
    page = seat(state="asked", question=CHOICE)
    expect(page.get_by_role("button", name="min-p")).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("#band")).to_contain_text("No connection")
    page.get_by_role("button", name="min-p").click()
    expect(page.locator("#band")).to_contain_text("Your answer is kept on this phone")
    assert double.answers == []
    page.context.set_offline(False)
    expect(page.locator("#band")).to_contain_text("Nothing was lost")
    expect(page.locator("main")).to_contain_text("Sent.")
    assert double.answers == [1]


def test_an_answer_that_came_too_late_is_not_said_to_count(seat, double):
    page = seat(state="asked", question=CHOICE)
    answer = page.get_by_role("button", name="min-p")
    expect(answer).to_be_visible()
    page.context.set_offline(True)
    answer.click()
    double.show(state="closed")
    page.context.set_offline(False)
    expect(page.locator("main")).to_contain_text("You sent none this time.")
    assert double.answers == []


def test_where_a_proxy_keeps_events_back_the_page_asks(seat, double):
    double.silent = True
    page = seat(state="asked", question=CHOICE)
    expect(page.locator("main")).to_contain_text("Which rule?", timeout=20_000)  # 5 s of silence
    double.show(state="closed")
    expect(page.locator("main")).to_contain_text("Answers are closed.")
    assert double.polls >= 2


def test_events_that_break_off_before_the_first_state_are_asked_for_again(seat, double):
    double.breaks = 2
    page = seat(state="asked", question=CHOICE)
    expect(page.locator("main")).to_contain_text("Which rule?")
    expect(page.locator("#band")).to_be_hidden()  # the state came, so nothing is lost
    while double.opened < 3:
        page.wait_for_timeout(50)
    polls = double.polls
    double.show(state="closed")
    expect(page.locator("main")).to_contain_text("Answers are closed.")
    assert double.polls == polls, "the third stream brought it"


def test_a_line_that_died_without_a_word_is_opened_again(seat, double):
    page = seat(clock=True, state="asked", question=CHOICE)
    expect(page.locator("main")).to_contain_text("Which rule?")
    double.listeners.clear()  # what is shown from now on goes to new streams alone
    double.show(state="closed")
    page.clock.fast_forward(41_000)
    expect(page.locator("main")).to_contain_text("Answers are closed.")
    page.clock.fast_forward(2_000)
    while double.opened < 2:
        page.wait_for_timeout(50)


def test_an_answer_over_a_connection_that_was_closed_is_sent_once_more(seat, double):
    page = seat(state="asked", question=CHOICE)
    tries = []

    def first_fails(route):
        tries.append(route.request.post_data)
        route.abort("connectionreset") if len(tries) == 1 else route.continue_()

    page.route("**/answer", first_fails)
    page.get_by_role("button", name="min-p").click()
    expect(page.locator("main")).to_contain_text("Sent.")
    assert double.answers == [1] and len(tries) == 2 and tries[0] == tries[1]
    expect(page.locator("#band")).to_be_hidden()


def test_the_page_is_one_file_that_says_something_before_its_script_runs(chromium, double):
    double.show(language="de")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{double.url}/class/KFMWP")
    expect(page.locator("main")).to_contain_text("Verbinde")
    assert asked == [f"{double.url}/class/KFMWP"]
    context.close()


def test_a_class_that_is_not_there_is_said(seat, double):
    double.gone = True
    page = seat()
    expect(page.locator("main")).to_contain_text("There is no class KFMWP.")
    expect(page.get_by_role("link", name="Open the playground")).to_be_visible()
    double.gone = False
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("main")).to_contain_text("You are in.")


def test_a_full_class_says_so_and_is_asked_again(seat, double):
    double.full = True
    page = seat(clock=True)
    expect(page.locator("h1")).to_have_text("The class is full: it has room for 200.")
    expect(page.locator("#band")).to_be_hidden()  # the line is well
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    double.full = False
    page.clock.fast_forward(10_500)
    expect(page.locator("main")).to_contain_text("You are in.")


def test_it_speaks_the_language_of_the_class_until_another_is_chosen(seat):
    page = seat(language="de", **STATES["closed"][0])
    expect(page.locator("main")).to_contain_text("Die Antworten sind geschlossen.")
    page.locator("#language").select_option("zh")
    expect(page.locator("main")).to_contain_text("答题已结束。")
    page.reload()
    expect(page.locator("main")).to_contain_text("答题已结束。")


def test_shannons_game_takes_word_after_word_with_the_focus_in_the_field(seat, double):
    double.yours = lambda answer: {**GAME, "tries": ["ring", answer["word"]]}
    page = seat(state="asked", question=SHANNON, yours=GAME)
    page.locator("#in").fill("box")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem")).to_have_text(["ring", "box"])
    expect(page.locator("#in")).to_be_focused()
    expect(page.locator("#in")).to_have_value("")
    assert double.answers == [{"word": "box", "place": 3}]


def test_what_the_front_shows_opens_here_and_goes_on_following(seat, double):
    page = seat(front=FRONT)
    expect(page.locator(".front")).to_contain_text("once there was")
    link = page.get_by_role("link", name="Open it here").get_attribute("href")
    assert link == "./?tab=generate&seed=3&follow=KFMWP"
    page.get_by_role("button", name="Stop following").click()
    expect(page.locator("main")).to_contain_text("Not following")
    double.show(state="asked", question=CHOICE)
    expect(page.locator("main")).to_contain_text("Which rule?")
