"""What the browser draws: each widget is Python, JavaScript and CSS of the same name side by side.

How to make one (`meter`, say):

1. `meter.py`::

       from playground.widgets.widget import Widget, source

       class Meter(Widget):
           \"\"\"Draws {"level": float in [0, 1]}.\"\"\"
           SCRIPT = source("parts", "transport", "meter")    # files joined in this order; "parts" alone if there is no timeline
           STYLE = source("meter", kind="css")

2. `meter.js` runs once when the widget appears on the page, with Gradio's `element, trigger, props, server, watch`::

       const level = make('div', 'meter-level'); element.append(level);
       function draw() { level.style.width = 100 * (props.value?.level ?? 0) + '%'; }
       watch('value', draw); draw();

3. In a page: `meter = Meter({"level": .3})`, then use it as an output (`gr.skip()` leaves it alone).
   `trigger('picked', {index: 3})` in the script reaches Python as `meter.picked(fn, ...)`, and `fn(evt: gr.EventData)` reads
   `evt.index`: the browser says that, so check it. `Meter(server_functions=[f])` gives the script `await server.f(value)`.
   Give every event `show_progress="hidden"` and `api_visibility="private"`.

The rules, which tests hold:
- A value is data: drawn with `textContent`, element properties and style properties, never by a template or by innerHTML.
- No request while scrubbing: all that a scrub can show is in the value already.
- In a stream, one frame a yield (`{"run": id, "frame": {...}}`), never a growing list: the script keeps what it has seen.
  Such a widget sets `STREAMED = True` and reads `value_now()` (see widget.py: Gradio's differences break nested lists).
- In CSS: class names begin with the widget's name; colours are the variables of assets/style.css; no backslash, no `${`, no `{{`.
- For all pages: `say('Link copied.')` speaks to the visitor, `status('SmolLM2-135M · CPU')` fills the right of the navigation.
"""
