const host = make("div", "plot-host");
element.append(host);
if (props.label_text) {
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", props.label_text);
}
const figure = make_figure({
  host,
  library: props.library,
  on_point: (point) => trigger("point", point),
});
function draw() {
  return figure.draw(
    typeof props.value === "string" ? JSON.parse(props.value || "{}") : props.value,
  );
}
watch("value", draw);
draw();
