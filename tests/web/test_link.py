"""Links: what an address says, and a step that is none."""

import pytest


def test_an_address_is_read(module):
    read = "({readLink}, search) => { const {query, ...rest} = readLink(search); return rest; }"
    assert module("core/link.js", read, "?tab=chains&view=text&state=%7B%22a%22%3A1%7D&at=3") == {
        "tab": "chains",
        "view": "text",
        "state": '{"a":1}',
        "at": "3",
    }
    assert module("core/link.js", read, "") == {
        "tab": None,
        "view": None,
        "state": None,
        "at": None,
    }


@pytest.mark.parametrize(
    ("at", "step"),
    [
        ("0", 0),
        ("9", 9),
        ("10", None),
        ("-1", None),
        ("1.5", None),
        ("1e3", None),
        ("", None),
        ("9999999", None),
        (None, None),
    ],
)
def test_a_step_of_a_link_is_a_whole_number_of_the_run(module, at, step):
    assert module("core/link.js", "({stepOf}, at) => stepOf(at, 10)", at) == step


def test_an_address_holds_the_step_where_it_is_not_the_first(module):
    made = module(
        "core/link.js", "({addressOf}) => [addressOf('?tab=chains'), addressOf('?tab=chains', 4)]"
    )
    assert made == ["http://playground.test/?tab=chains", "http://playground.test/?tab=chains&at=4"]
