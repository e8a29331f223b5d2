"""What the browser draws: a small class in Python, its style beside it, its drawing a module of
playground/web.

How to make one (`meter`, say):

1. `meter.py`::

       from playground.widgets.widget import Widget, source

       class Meter(Widget):
           \"\"\"Draws {"level": float in [0, 1]}.\"\"\"
           MODULE = "views/meter.js"                 # of playground/web
           EVENTS = ("picked",)                      # what it triggers, if anything
           STYLE = source("meter", kind="css")

2. `playground/web/views/meter.js`, a plain ES module that is imported when the widget appears on
the page::

       import { node } from "../core/dom.js";
       import { t } from "../core/translate.js";
       import { readValue } from "../core/value.js";

       export function mount(element, { props, server, trigger, watch }) {
         const level = node("div", { class: "meter-level", title: () => t("How full it is") });
         element.append(level);
         const draw = () => { level.style.width = 100 * (readValue(props)?.level ?? 0) + "%"; };
         draw();                                     // the value first
         watch("value", draw);                       // what comes later
       }

   Types are JSDoc, checked by `npm run check` (a development tool: the app needs no Node); unit
   tests are in tests/web.

3. In a page: `meter = Meter({"level": .3})`, then use it as an output (`gr.skip()` leaves it
alone).
   `trigger("picked", {index: 3})` in the module reaches Python as `meter.picked(fn, ...)`, and
   `fn(evt: gr.EventData)` reads
   `evt.index`: the browser says that, so check it. `Meter(server_functions=[f])` gives the module
       `await server.f(value)`.
   Give every event `show_progress="hidden"` and `api_visibility="private"`.

The rules, which tests hold:
- A value is data: drawn with `textContent`, element properties and style properties, never by a
  template or by innerHTML.
- No request while scrubbing: all that a scrub can show is in the value already.
- In a stream, the messages of pages/run.py, never a growing list: the view keeps what it has seen.
  Such a widget sets `STREAMED = True` and reads `readValue(props)` (see widget.py: Gradio's
  differences break nested lists).
- In CSS: class names begin with the widget's name; colours are the variables of assets/style.css;
  no backslash, no `${`, no `{{`.
- For all pages: `announce(sentence)` of core/messages.js speaks to the visitor,
  `showStatus("SmolLM2-135M · CPU")` fills the right of the navigation.
"""
