// @ts-check
/** A Plotly figure as a widget of its own. Its value is the figure, or its JSON text. */
import { makeFigure } from "../charts/figure.js";
import { make } from "../core/dom.js";
import { say } from "../core/translate.js";
import { readValue } from "../core/value.js";

/** @param {HTMLElement} element @param {import("../core/value.js").Host} host */
export function mount(element, { props, trigger, watch }) {
  const place = make("div", "plot-host");
  element.append(place);
  if (props.label_text) {
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", say(props.label_text));
  }
  const figure = makeFigure({
    host: place,
    library: props.library,
    onPoint: (point) => trigger("point", point),
  });
  const draw = () => figure.draw(readValue(props));
  draw();
  watch("value", draw);
}
