"""Home's probabilities are exact over the whole vocabulary, at any heat."""

import base64

import numpy as np
import pytest

GAME = "views/home/game.js"


def exact(logits, heat, u):
    order = np.lexsort((np.arange(len(logits)), -logits))
    values = logits.astype(np.float64)[order]
    weights = np.exp((values - values[0]) / heat)
    shares = weights / weights.sum()
    return order, shares, int(np.searchsorted(np.cumsum(shares), u, side="right"))


@pytest.mark.parametrize("heat", [0.2, 0.8, 2.0])
def test_shares_order_and_draw_are_those_of_a_softmax_in_float64(module, heat):
    logits = np.random.default_rng(3).normal(0, 3, 11_066).astype("<f4")
    logits[5] = logits[9]  # equals: by rising id
    logits[7] = -np.inf
    us = [0.0, 0.3, 0.97, 0.9999, 1 - 2**-53]
    act = """({lawOf, floatsOf}, [text, heat, us]) => {
      const law = lawOf(floatsOf(text), []), shares = law.at(heat);
      const tiles = law.tiles(heat, [0, 1, 2], true);
      return [[...law.ids], [...shares.shares], us.map((u) => shares.rankAt(u)), tiles.map((one) => one.share), tiles.at(-1).count];
    }"""
    data = base64.b64encode(logits.tobytes()).decode()
    ids, shares, ranks, tiles, count = module(GAME, act, [data, heat, us])
    order, wanted, _ = exact(logits, heat, 0)
    assert ids == order.tolist() and np.allclose(shares, wanted, rtol=1e-12, atol=0)
    assert ranks[:-1] == [exact(logits, heat, u)[2] for u in us[:-1]]
    assert wanted[ranks[-1]] > 0  # never what is impossible
    assert tiles == pytest.approx([*wanted[:3], wanted[3:].sum()], rel=1e-9) and count == 11_063


def test_a_recorded_law_holds_the_mass_of_all_others_and_knows_its_own_heat_alone(module):
    act = """({recordedLaw}, step) => {
      const law = recordedLaw(step, 0.5, 100), tiles = law.tiles(0.5, [0, 1], true);
      return [law.knows(0.5), law.knows(0.6), tiles.map((one) => one.share), law.at(0.5).rankAt(0.999)];
    }"""
    step = {"rows": [[4, "a", 1.0], [2, "b", 0.5]], "others": 0.0, "u": 0.1, "token": 4}
    own, other, shares, rank = module(GAME, act, step)
    weights = np.exp([2.0, 1.0, 0.0])
    assert own and not other and rank == 2
    assert shares == pytest.approx((weights / weights.sum()).tolist())


def test_a_search_finds_every_token_and_the_very_word_first(module):
    act = """async (game, texts, load) => {
      const {found} = await load("views/home/opened.js");
      const law = game.lawOf(Float32Array.from(texts, (_, k) => -k), texts);
      return [found(law, "ING", 3), found(law, "-ing", 3), found(law, " ", 3), found(law, "zz", 3)];
    }"""
    texts = ["king", "##ing", "sing", "ring", "ing"]
    assert module(GAME, act, texts) == [[4, 0, 1], [1], [], []]
