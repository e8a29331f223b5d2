"""The gates of Generate: how an order changes, and what the bars do at a gate."""

import pytest

ORDER = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("visible", "name", "to", "then"),
    [
        ("ace", "e", 0, "eabcd"),
        ("ace", "a", 1, "bcade"),  # right behind c: what is not on view keeps its place before c
        ("ace", "a", 2, "bcdea"),
        ("ace", "c", 1, "abcde"),
        ("ace", "c", 9, "abdec"),
    ],
)
def test_a_rule_moves_among_those_on_view(module, visible, name, to, then):
    act = "({moved}, [order, visible, name, to]) => moved(order, visible, name, to).join('')"
    given = [ORDER, list(visible), name, to]
    assert module("views/generate/rule_order.js", act, given) == then


PASSAGE = {
    "names": [{"id": 1, "text": "king"}, {"id": 2, "text": "fox"}, {"id": None, "text": ""}],
    "before": [0.5, 0.3, 0.2],
    "values": [0.625, 0, 0.375],
    "held": 0.8,
    "top": 0.7,
    "chosen": 1,
}
PASS = """async ({makeGateBars}, passage) => {
  const bars = makeGateBars(), moves = [];
  document.body.append(bars.element);
  bars.show(passage, true);
  const stage = {animate: async (bar, frames, timing) => { bar.animate(frames, {...timing, fill: "both"}); moves.push(frames); return true; }};
  await bars.pass(stage, 1);
  return {moves, left: bars.element.getAnimations({subtree: true}).length, passing: bars.element.className,
    notes: [...bars.element.querySelectorAll(".gate-note")].map(one => one.textContent)};
}"""


def test_bars_arrive_are_cut_and_fall_and_the_rest_grows(module):
    seen = module("views/generate/gate_bars.js", PASS, PASSAGE)
    stays, falls, _ = seen["moves"]
    assert stays[0]["opacity"] == 0 and "scaleX(0.8000)" in stays[0]["transform"]  # 0.5 of 0.625
    assert "scaleX(0.8000)" in stays[2]["transform"]  # while the other falls
    assert "scaleX(1.03" in stays[-2]["transform"] and stays[-1]["transform"] == "none"
    assert "translateY" in falls[2]["transform"] and falls[2]["opacity"] == 0
    assert falls[2]["offset"] < stays[-2]["offset"]
    assert seen["left"] == 0 and "passing" not in seen["passing"]
    assert seen["notes"][:3] == ["62.5%", "cut", "37.5%"]


def test_a_rule_without_effect_lets_the_bars_pass(module):
    still = {**PASSAGE, "values": PASSAGE["before"], "held": 1}
    moves = module("views/generate/gate_bars.js", PASS, still)["moves"]
    assert all("scaleX(1.0000)" in frames[-1]["transform"] for frames in moves)
