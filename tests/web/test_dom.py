"""Elements: hostile text stays text, hidden characters are seen, a part that is not there is
named."""

import pytest

HOSTILE = '<img src=x onerror="window.__p=1">${window.__p=2}</script>'


def test_hostile_text_stays_text(module):
    act = """({make, node, button, svgTitle}, text) => {
      document.body.append(make("p", "x", text), node("p", {title: text}, text, () => text), button(text, text, () => {}), svgTitle(text));
      return [document.querySelectorAll("img").length, window.__p ?? null, document.body.firstChild.textContent];
    }"""
    assert module("core/dom.js", act, HOSTILE) == [0, None, HOSTILE]


def test_what_the_model_wrote_is_marked_as_its_own(module):
    act = "({make}) => [make('span', 'bar t').translate, make('span', 'bar').translate]"
    assert module("core/dom.js", act) == [False, True]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" a", "·a"),
        ("\n", "↵"),
        ("\t", "⇥"),
        ("\u200b", "‹200B›"),
        ("\u202e", "‹202E›"),
        ("", "∅"),
        ("\ufffd", "▯"),
    ],
)
def test_a_token_is_seen_whole(module, text, shown):
    assert module("core/dom.js", "({visible}, text) => visible(text)", text) == shown


def test_a_part_that_is_not_there_is_named(module):
    act = """({node, partsOf}) => {
      const {part, input} = partsOf(node("div", {}, node("input", {part: "seed", value: "7", hidden: false, disabled: true})));
      try { part("sed"); } catch (error) { return [input("seed").value, input("seed").hidden, input("seed").disabled, error.message]; }
    }"""
    assert module("core/dom.js", act) == ["7", False, True, "this view has no part sed"]


def test_a_choice_shows_which_is_chosen(module):
    act = """({choices, make}) => {
      const host = make("div"), picked = [];
      const show = choices(host, [{value: 1, label: () => "one"}, {value: 2, label: () => "two"}], () => "Order", (value) => picked.push(value));
      show(2); host.children[0].click();
      return [[...host.children].map((one) => one.getAttribute("aria-pressed")), picked, host.getAttribute("aria-label")];
    }"""
    assert module("core/dom.js", act) == [["false", "true"], [1], "Order"]


def test_a_streamed_value_is_read_and_shares_nothing(module):
    act = """({readValue}) => {
      const held = {a: [1]}, read = readValue({value: held});
      read.a.push(2);
      return [held, readValue({value: '{"b":[3]}'}), readValue({value: ""}), readValue({})];
    }"""
    assert module("core/value.js", act) == [{"a": [1]}, {"b": [3]}, None, None]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["sunny", "thunderstorm"], ["sunny", "thund…"]),
        (["state 9", "state 10"], ["sta… 9", "sta…10"]),
        (["state", "state"], ["state", "state"]),
    ],
)
def test_names_that_are_cut_can_still_be_told_apart(module, names, shown):
    assert module("core/dom.js", "({clipEach}, names) => clipEach(names, 6)", names) == shown
