"""The client of the stream protocol: lost, doubled and reordered messages, one stop, resume after a
cut."""

import pytest

SETUP = """
  const log = [], started = [], stopped = [], asked = [];
  let clock = 0, count = 0, online = true, answer = {going: true, missed: []};
  const timers = [];
  const run = makeRun({
    start: (request) => started.push(request), stop: (name) => stopped.push(name),
    going: async (question) => { asked.push(question); if (answer === null) throw new Error("away"); return answer; },
    now: () => clock, later: (act, wait) => timers.push([clock + wait, act]), newName: () => `run${count++}`, online: () => online, silence: 5000,
    handlers: Object.fromEntries(["begin", "progress", "waiting", "end", "error"].map((kind) => [kind, (m) => log.push([kind, m.reason ?? m.words ?? null])])
      .concat([["frame", (record, k) => log.push(["frame", record, k])], ["lost", () => log.push(["lost"])], ["resumed", () => log.push(["resumed"])]])),
  });
  const tick = async (to) => {
    for (;;) {
      const due = timers.filter(([at]) => at <= to).sort((a, b) => a[0] - b[0])[0];
      if (!due) break;
      timers.splice(timers.indexOf(due), 1); clock = due[0]; due[1]();
      for (let k = 0; k < 5; k++) await null;
    }
    clock = to;
  };
  const message = (n, kind, more = {}, name = run.name) => ({run: name, n, kind, ...more});
  const frames = (n, at, ...records) => message(n, "frame", {at, frames: records});
"""


def play(module, script: str):
    return module("core/run.js", f"async ({{makeRun}}) => {{ {SETUP} {script} }}")


def test_frames_are_handed_on_once_and_in_order(module):
    assert play(
        module,
        """run.start({prompt: "x"});
        run.receive(message(0, "begin")); run.receive(frames(1, 0, "a", "b")); run.receive(frames(1, 0, "a", "b"));
        run.receive(frames(3, 3, "d")); run.receive(frames(2, 2, "c")); run.receive(message(4, "end", {reason: "length"}));
        return [log, started, run.running];""",
    ) == [
        [
            ["begin", None],
            ["frame", "a", 0],
            ["frame", "b", 1],
            ["frame", "c", 2],
            ["frame", "d", 3],
            ["end", "length"],
        ],
        [{"prompt": "x", "run": "run0"}],
        False,
    ]


def test_a_message_lost_in_a_burst_is_fetched_at_once(module):
    log, asked = play(
        module,
        """run.start({});
        run.receive(message(0, "begin"));
        answer = {going: true, missed: [frames(1, 0, "a"), frames(2, 1, "b")]};
        run.receive(frames(2, 1, "b")); await tick(200);
        return [log, asked];""",
    )
    assert log == [["begin", None], ["frame", "a", 0], ["frame", "b", 1]]
    assert asked == [["run0", 1]]


def test_a_run_whose_server_was_started_anew_is_asked_for_from_where_it_stood(module):
    log, started = play(
        module,
        """run.start({prompt: "x"});
        run.receive(message(0, "begin")); run.receive(frames(1, 0, "a"));
        answer = {going: false, missed: []}; await tick(12000);
        run.receive(message(0, "begin")); run.receive(frames(1, 1, "b")); run.receive(message(2, "end", {reason: "length"}));
        return [log, started];""",
    )
    assert [one for one in log if one[0] != "resumed"] == [
        ["begin", None],
        ["frame", "a", 0],
        ["frame", "b", 1],
        ["end", "length"],
    ]
    assert started == [
        {"prompt": "x", "run": "run0"},
        {"prompt": "x", "run": "run1", "after": 1, "instead": "run0"},
    ]


def test_a_server_that_is_away_is_said_once_and_the_run_resumes(module):
    log, started = play(
        module,
        """run.start({});
        run.receive(frames(0, 0, "a"));
        answer = null; await tick(20000);
        answer = {going: false, missed: []}; await tick(24000);
        return [log, started.map((one) => one.after ?? 0)];""",
    )
    assert log == [["frame", "a", 0], ["lost"], ["resumed"]] and started == [0, 1]


def test_a_run_that_begins_without_a_network_says_so_at_once_and_begins_once_it_is_back(module):
    log, started = play(
        module,
        """online = false; answer = null;
        run.start({prompt: "x"}); const atOnce = log.length;
        await tick(9000); online = true; answer = {going: false, missed: []}; await tick(20000);
        run.receive(message(0, "begin"));
        return [log.concat([atOnce]), started.map((one) => one.prompt)];""",
    )
    assert log == [["lost"], ["resumed"], ["begin", None], 1]
    assert started[:2] == ["x", "x"]


def test_an_end_that_got_lost_is_fetched(module):
    log = play(
        module,
        """run.start({});
        run.receive(frames(0, 0, "a"));
        answer = {going: false, missed: [message(1, "end", {reason: "length"})]}; await tick(9000);
        return log;""",
    )
    assert log == [["frame", "a", 0], ["end", "length"]]


def test_a_quiet_run_that_goes_on_is_left_alone(module):
    started, log = play(module, "run.start({}); await tick(60000); return [started.length, log];")
    assert started == 1 and log == []


def test_stop_ends_the_run_for_the_page_at_once(module):
    log, stopped, running = play(
        module,
        """run.start({}); const name = run.name; run.receive(frames(0, 0, "a")); run.stop();
        run.receive(frames(1, 1, "b")); run.receive({run: name, n: 1, kind: "frame", at: 1, frames: ["b"]});
        return [log, stopped, run.running];""",
    )
    assert log == [["frame", "a", 0], ["end", "stopped"]]
    assert stopped == ["run0"] and running is False


def test_a_second_run_stops_the_first_and_hears_nothing_of_it(module):
    log, stopped, started = play(
        module,
        """run.start({}); run.start({});
        run.receive({run: "run0", n: 0, kind: "frame", at: 0, frames: ["old"]}); run.receive(frames(0, 0, "new"));
        run.stop(); run.start({});
        return [log, stopped, started];""",
    )
    assert log == [["frame", "new", 0], ["end", "stopped"]] and stopped == ["run0", "run1"]
    # the stop may arrive later than the new request, which therefore names whose place it takes
    assert [request.get("instead") for request in started] == [None, "run0", "run1"]


@pytest.mark.parametrize("kind", ["thought", "", "toString"])
def test_kinds_of_a_later_version_are_passed_over(module, kind):
    log = play(
        module,
        f"""run.start({{}}); run.receive(message(0, {kind!r})); run.receive(null); run.receive(undefined);
        run.receive(frames(1, 0, "a")); return log;""",
    )
    assert log == [["frame", "a", 0]]
