// A server that goes away while a text is being written (it was killed, restarted, or the network broke). The page says so, keeps
// what has been written, and brings it back after the reload by which Gradio takes up the connection again: every step can be
// computed anew from prompt, settings and seed, so "Write on from here" goes on as if nothing had happened.
const LOST =
  "The connection to the server was lost while this text was being written. What has been written stays: as soon as the server is back, “Write on from here” goes on with it.";
const KEPT = "playground:interrupted",
  SILENT = 5000;
const lost = { run: null, heard: 0, doubts: 0, gone: false };
watch("value", () => {
  const news = value_now();
  if (news && state.running && news.run === state.running.run) {
    lost.run = news.run;
    lost.heard = performance.now();
    lost.doubts = 0;
    lost.gone = false;
  }
});
setInterval(async () => {
  const running = state.running;
  if (
    !running ||
    constants.replay ||
    (lost.run === running.run && performance.now() - lost.heard < SILENT)
  )
    return;
  if (lost.watched !== running.run) {
    lost.watched = running.run;
    lost.since = performance.now();
    return;
  }
  if (performance.now() - lost.since < SILENT) return;
  let going;
  try {
    going = (await server.going(running.run)).going;
  } catch {
    going = null;
  }
  if (
    state.running !== running ||
    (lost.run === running.run && performance.now() - lost.heard < SILENT)
  )
    return;
  // a run that was heard of and is not at work any more has ended without a word: the server was started anew
  lost.doubts =
    going === null || (going === false && lost.run === running.run) ? lost.doubts + 1 : 0;
  if (lost.doubts < 2) return;
  lost.gone = true;
  lost.doubts = 0;
  finish(running.branch, { error: LOST });
}, 1500);
window.addEventListener("pagehide", () => {
  if (!(state.running || lost.gone) || !frames().length) return;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ search: location.search, trace: trace_now() }));
  } catch {
    /* longer than this browser keeps */
  }
});
function back_again() {
  // whether a text was interrupted here: it is shown again
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT));
    sessionStorage.removeItem(KEPT);
  } catch {
    kept = null;
  }
  if (!kept || kept.search !== location.search || !kept.trace?.steps?.length) return false;
  const trace = kept.trace;
  touched = true;
  if (constants.models.some((one) => one.id === trace.model)) {
    state.model = trace.model;
    model_box.value = trace.model;
  }
  state.chat = Boolean(trace.chat);
  chat_box.checked = state.chat;
  if (trace.kind === "score") part("score").value = trace.steps.map((step) => step.piece).join("");
  else prompt.value = trace.prompt;
  rules.set({ ...constants.start, ...trace.settings });
  length_box.value = Math.min(constants.longest, trace.settings.max_new_tokens);
  choose_mode(trace.kind === "score" ? "score" : "write");
  const branch = open_trace(trace, null);
  branch.end = "stopped";
  time.go(trace.steps.length - 1, "load");
  problem(LOST);
  return true;
}
