"""A canvas of 100 masks unmasked in 100 steps: each step draws what it changed, and no more.
Counted, not timed."""

import re
import threading

from playwright.sync_api import expect

from playground.pages.diffusion.runs import Side

MASKS = STEPS = 100
COUNT = """
window.rectangles = 0;
const plain = CanvasRenderingContext2D.prototype.fillRect;
CanvasRenderingContext2D.prototype.fillRect = function (...where) {
  window.rectangles++;
  return plain.apply(this, where);
};
"""
WATCH = """() => {
  window.added = 0;
  window.lines = 0;
  new MutationObserver(changes => {
    for (const change of changes)
      if (change.target.localName === 'svg') window.lines += change.addedNodes.length;
  }).observe(document.querySelector('#diffusion-player .canvas-curves'), {childList: true, subtree: true});
  window.rectangles = 0;
  new MutationObserver(changes => {
    for (const change of changes) window.added += change.addedNodes.length;
  }).observe(document.querySelector('#diffusion-player .canvas-words'), {childList: true, subtree: true});
  const maps = document.querySelectorAll('#diffusion-player .canvas-map');
  return [...maps].map(map => map.querySelectorAll('canvas').length);
}"""


def test_a_step_draws_what_it_changed(open_page, page, monkeypatch):
    frame, pause = Side.frame, threading.Event()

    def slow(self, *step):  # slow enough for a picture of nearly every step
        pause.wait(0.06)
        return frame(self, *step)

    monkeypatch.setattr(Side, "frame", slow)
    page.add_init_script(COUNT)
    open_page(
        "diffusion",
        model="exact-tale",
        canvas=f"[MASK]*{MASKS}",
        sampler="mdlm",
        steps=STEPS,
        seed=3,
    )
    player = page.locator("#diffusion-player .canvas-player")
    expect(page.locator("#diffusion-canvas textarea")).to_have_value(f"[MASK]*{MASKS}")
    page.locator("#diffusion-run").click()
    expect(player).to_have_attribute("data-state", re.compile("running|done"), timeout=60_000)
    assert page.evaluate(WATCH) == [1]  # the map is one canvas, whatever its size
    expect(player).to_have_attribute("data-state", "done", timeout=60_000)
    steps = int(player.get_attribute("data-steps"))
    assert steps >= STEPS
    added, lines, rectangles = page.evaluate(
        "() => [window.added, window.lines, window.rectangles]"
    )
    # the curves grow: their lines are not made anew at each picture
    assert lines <= 12, lines
    # a word is written once when it is revealed, and once more when it becomes an old one
    assert added <= 4 * MASKS, added
    # a cell of the map is a rectangle, and a dot where a word is revealed; once more where the
    # picture is laid out anew
    assert rectangles <= 2 * MASKS * (steps + 2), rectangles
