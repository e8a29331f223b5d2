"""Tiles and ball: u falls where the draw counts it, the strip is one tab stop, hostile words stay
words."""

import pytest

TILES = [{"id": 5, "text": "king", "share": 0.5}, {"id": 7, "text": "queen", "share": 0.3}]
REST = {"id": -1, "text": "", "share": 0.2, "count": 11064}


@pytest.mark.parametrize(
    ("u", "index"), [(0, 0), (0.4999, 0), (0.5, 1), (0.7999, 1), (0.8, 2), (1 - 2**-53, 2)]
)
def test_u_falls_on_the_tile_that_the_draw_counts(module, u, index):
    act = "({tileAt}, [tiles, u]) => tileAt(tiles, u)"
    assert module("charts/tiles.js", act, [[*TILES, REST], u]) == index


def test_an_impossible_tile_is_never_hit(module):
    tiles = [{"id": 1, "text": "a", "share": 1.0}, {"id": 2, "text": "b", "share": 0.0}]
    act = "({tileAt}, [tiles, u]) => tileAt(tiles, u)"
    assert module("charts/tiles.js", act, [tiles, 1 - 2**-53]) == 0


MAKE = """const host = document.createElement("div"); host.style.width = "900px"; document.body.append(host);
  const picked = [], strip = makeTiles({host, label: () => "Next", onPick: (k) => picked.push(k)});"""


def test_tiles_are_as_wide_as_they_are_likely_and_one_tab_stop(module):
    act = f"""({{makeTiles}}, tiles) => {{ {MAKE}
      strip.show(tiles, {{still: true}});
      const all = [...host.querySelectorAll("button")];
      all[0].focus();
      all[0].dispatchEvent(new KeyboardEvent("keydown", {{key: "ArrowRight", bubbles: true}}));
      document.activeElement.click();
      return [all.map((one) => one.style.left), all.map((one) => one.tabIndex), picked, all.map((one) => one.getAttribute("aria-label"))];
    }}"""
    left, stops, picked, names = module("charts/tiles.js", act, [*TILES, REST])
    assert left == ["0%", "50%", "80%"] and stops == [-1, 0, -1] and picked == [1]
    assert names == ["king, 50.0%", "queen, 30.0%", "11,064 more, 20.0%"]


def test_hostile_words_stay_words(module):
    text = '<img src=x onerror="window.__hit=1">${1}'
    act = f"""({{makeTiles}}, tiles) => {{ {MAKE}
      strip.show(tiles, {{still: true}});
      return [host.querySelectorAll("img").length, window.__hit ?? null, host.querySelector(".tile-word").textContent];
    }}"""
    assert module("charts/tiles.js", act, [{"id": 1, "text": text, "share": 1}]) == [0, None, text]


def test_a_ball_that_is_hurried_lies_where_it_would_have_fallen(module):
    act = f"""async ({{makeTiles}}, tiles) => {{ {MAKE}
      strip.show(tiles, {{still: true}});
      const landing = strip.drop(0.7);
      const hurry = () => {{ strip.hurry(); if (!done) requestAnimationFrame(hurry); }};
      let done = false; hurry();
      const at = await landing; done = true;
      return [at, host.querySelectorAll(".hit").length];
    }}"""
    assert module("charts/tiles.js", act, TILES) == [1, 1]


def test_a_ball_that_is_given_up_lands_nowhere(module):
    act = f"""async ({{makeTiles}}, tiles) => {{ {MAKE}
      strip.show(tiles, {{still: true}});
      const landing = strip.drop(0.6);
      strip.clear();
      return await landing;
    }}"""
    assert module("charts/tiles.js", act, TILES) is None
