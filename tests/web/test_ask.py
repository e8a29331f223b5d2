"""Questions of which only the newest matters."""

SLOW = """
const open = [], asked = [], got = [];
const call = (wish) => { asked.push(wish); return new Promise((done, fail) => open.push({done, fail})); };
"""


def test_only_the_newest_wish_is_asked_after_the_one_under_way(module):
    assert module(
        "core/ask.js",
        "async ({latest}) => {"
        + SLOW
        + """
        const ask = latest(call, (record, wish) => got.push([record, wish]));
        const end = ask(1); ask(2); ask(3); ask(4);
        open[0].done("first");
        while (open.length < 2) await null;
        open[1].done("last");
        await end;
        return [asked, got];
    }""",
    ) == [[1, 4], [["first", 1], ["last", 4]]]


def test_a_wish_made_while_an_answer_is_drawn_is_asked(module):
    assert module(
        "core/ask.js",
        """async ({latest}) => {
        const got = [];
        const ask = latest(async (wish) => wish, (record) => { got.push(record); if (record < 3) ask(record + 1); });
        await ask(1);
        return got;
    }""",
    ) == [1, 2, 3]


def test_a_server_that_does_not_answer_is_a_sentence_and_the_next_wish_is_asked(module):
    got = module(
        "core/ask.js",
        """async ({latest}) => {
        const got = [];
        const ask = latest(async (wish) => { if (wish === 1) throw new Error("gone"); return {ok: true}; }, (record) => got.push(record));
        await ask(1); await ask(2);
        return got;
    }""",
    )
    assert got[0]["ok"] is False and "did not answer" in got[0]["error"] and got[1] == {"ok": True}


def test_a_fault_of_the_drawing_is_not_blamed_on_the_server(module, blank):
    got = module(
        "core/ask.js",
        """async ({latest}) => {
        const got = [];
        const ask = latest(async (wish) => wish, (record) => { got.push(record); if (record === 1) throw new Error("cannot draw"); });
        await ask(1); await ask(2);
        return got;
    }""",
    )
    assert got == [1, 2]
    assert any("cannot draw" in fault for fault in blank.faults)
    blank.faults.clear()


EVENTS = """
const sent = [];
const {ask, take} = byEvents((wish) => sent.push([wish.asked, wish.text]));
const turns = async () => { for (let k = 0; k < 20; k++) await null; };
"""


def test_questions_by_events_wait_for_the_answer_before_and_the_newest_is_sent(module):
    assert module(
        "core/ask.js",
        "async ({byEvents}) => {"
        + EVENTS
        + """
        const end = ask({text: "a"}); ask({text: "b"}); ask({text: "c"});
        await turns();
        const before = [...sent];
        const first = take(1);
        await turns();
        const again = take(1);  // an answer that arrives twice
        const last = take(3);
        await end;
        return [before, sent, first, again, last];
    }""",
    ) == [[[1, "a"]], [[1, "a"], [3, "c"]], False, False, True]


def test_a_value_that_answers_no_question_is_taken_and_ends_none(module):
    assert module(
        "core/ask.js",
        "async ({byEvents}) => {"
        + EVENTS
        + """
        let over = false;
        const end = ask({text: "a"}).then(() => (over = true));
        await turns();
        const taken = take(undefined);
        await turns();
        const early = over;
        take(1);
        await end;
        return [taken, early, over];
    }""",
    ) == [True, False, True]
