"""The timeline's store, on a clock of its own: nothing here waits."""

CLOCK = """
function clock() {
  const due = []; let at = 0;
  return {
    timing: { now: () => at, calm: () => false,
      wait: (act, after) => { const one = {act, at: at + after}; due.push(one); return one; },
      cancel: (one) => { const i = due.indexOf(one); if (i >= 0) due.splice(i, 1); } },
    pass(milliseconds) {
      for (const end = at + milliseconds; ; ) {
        due.sort((a, b) => a.at - b.at);
        if (!due.length || due[0].at > end) { at = end; return; }
        const next = due.shift(); at = next.at; next.act();
      }
    },
    get waiting() { return due.length; },
  };
}
"""


def run(module, body: str):
    return module(
        "core/timeline.js",
        f"({{makeTimeline}}) => {{ {CLOCK} const time = clock(), shown = [], playing = [];"
        "const line = makeTimeline({speed: 4, timing: time.timing, onPlay: (on) => "
        "playing.push(on),"
        f"onStep: (step, why, from) => shown.push([step, why, from])}}); {body} }}",
    )


def test_a_load_shows_its_step_and_a_step_says_where_it_came_from(module):
    shown = run(
        module,
        "line.load({length: 5, at: 9}); line.go(2); line.go(-1); line.load({length: 3}); return "
        "shown;",
    )
    assert shown == [[4, "load", None], [2, "user", 4], [0, "user", 2], [0, "load", None]]


def test_nothing_is_shown_of_an_empty_run(module):
    assert run(
        module,
        "line.load({length: 0}); line.go(1); line.play(); time.pass(999); return [shown, "
        "line.playing];",
    ) == [[], False]


def test_playing_goes_on_to_the_end_and_stops_there(module):
    shown, playing, waiting = run(
        module,
        "line.load({length: 3}); line.play(); time.pass(2000); return [shown.map((one) => "
        "one[0]), playing, time.waiting];",
    )
    assert shown == [0, 1, 2] and playing == [True, False] and waiting == 0


def test_playing_from_the_end_begins_again(module):
    assert run(
        module,
        "line.load({length: 3, at: 2}); line.play(); time.pass(250); return [shown, line.step];",
    ) == [
        [[2, "load", None], [0, "user", 2], [1, "play", 0]],
        1,
    ]


def test_a_live_run_waits_for_more(module):
    steps = run(
        module,
        "line.load({length: 1, live: true}); line.play(); time.pass(1000); const there = "
        "line.playing; line.grow(3); time.pass(600);"
        "const step = line.step; line.setLive(false); return [there, step, line.playing];",
    )
    assert steps == [True, 2, False]


def test_a_pause_while_a_step_is_drawn_holds(module):
    body = """
    const held = makeTimeline({speed: 4, timing: time.timing, onStep: (step) => { if (step === 2) held.pause(); }});
    held.load({length: 9}); held.play(); time.pass(5000); return [held.step, held.playing, time.waiting];
    """
    assert run(module, body) == [2, False, 0]


def test_the_speed_changes_while_it_plays(module):
    assert (
        run(
            module,
            "line.load({length: 100}); line.play(); time.pass(1000); line.setSpeed(10); const at "
            "= line.step; time.pass(1000); return line.step - at;",
        )
        == 10
    )
