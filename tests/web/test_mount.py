"""How a widget's script brings its module in: the value is drawn first and watched then, a module
that does not come is a sentence."""

from playground.widgets.widget import Widget

GRADIO = """([script, props, news]) => {
  const element = document.createElement("div"), watched = [], called = [];
  document.body.append(element);
  const shown = {...props};
  Function("element", "trigger", "props", "server", "upload", "watch", script)(
    element, (...all) => called.push(all), shown, {}, async () => {}, (name, act) => watched.push([name, act]));
  Object.assign(shown, news);  // what Python sends while the module is on its way
  Object.assign(window, {element, watched, called});
}"""


class Mounted(Widget):
    MODULE = "core/dom.js"
    EVENTS = ("picked",)


def script_of(widget: Widget) -> str:
    return widget.js_on_load


def test_a_module_gets_the_element_the_value_and_what_never_changes(blank):
    script = script_of(Mounted({"level": 0.3}, constants={"at": "</script>"}, presets=[1, 2]))
    assert "</script>" not in script
    blank.context.route(
        "**/core/dom.js",
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="""export function mount(element, {props, constants, server, trigger, watch, upload}) {
              const draw = () => { element.textContent = JSON.stringify([props.value, props.presets, constants, typeof upload]); };
              draw(); watch("value", draw); trigger("picked", {index: 3});
            }""",
        ),
    )
    blank.evaluate(GRADIO, [script, {"value": {"level": 0.3}}, {"value": {"level": 0.9}}])
    blank.wait_for_function("window.watched.length === 1")
    assert blank.evaluate("[JSON.parse(element.textContent), called]") == [
        [{"level": 0.9}, [1, 2], {"at": "</script>"}, "function"],
        [["picked", {"index": 3}]],
    ]


def test_a_module_that_does_not_come_is_a_sentence(blank):
    script = script_of(Mounted()).replace("core/dom.js", "core/gone.js")
    blank.evaluate(GRADIO, [script, {}, {}])
    blank.wait_for_selector("[role=alert]")
    assert "could not be loaded" in blank.inner_text("[role=alert]")
    assert blank.faults
    blank.faults.clear()


def test_messages_travel_to_a_module_with_their_values():
    from playground.i18n import t

    said = t("{shown} of {total}", shown=3, total=7)
    widget = Mounted({"note": said}, constants=[said], title_of=said)
    wired = ["{shown} of {total}", {"shown": 3, "total": 7}]
    assert widget.value == {"note": wired} and widget.props["title_of"] == wired
    assert script_of(widget).count('["{shown} of {total}", {"shown": 3, "total": 7}]') == 2


def test_the_events_of_a_module_are_events_of_the_component():
    import gradio as gr

    with gr.Blocks():
        widget = Mounted()
        assert callable(widget.picked) and not hasattr(widget, "dropped")
