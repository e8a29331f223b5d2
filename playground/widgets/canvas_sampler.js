const root = element.querySelector(".widget"),
  box = make("div", "canvas-sampler"),
  line = make("p", "say"),
  from = make("p", "canvas-note");
box.append(line, from);
root.append(box);
box.setAttribute("aria-live", "polite");
function draw() {
  const value = props.value ?? {};
  box.hidden = !value.name;
  line.replaceChildren(
    make("b", "", value.name ? value.name + "." : ""),
    " ",
    make("span", "", value.text ?? ""),
  );
  from.textContent = value.source ?? "";
}
watch("value", draw);
draw();
