const line = make("div", "canvas-reading"),
  text = make("span");
element.querySelector(".widget").append(line);
line.append(text);
line.setAttribute("aria-live", "polite");
function draw() {
  const value = props.value ?? {};
  text.className = value.problem ? "problem" : "";
  text.textContent = value.problem
    ? value.problem
    : value.text
      ? "The model reads: " + value.text
      : "";
}
watch("value", draw);
draw();
