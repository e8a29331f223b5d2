// A figure as a file: a small line "Save the figure: PNG, SVG" under it.
//
//   const files = make_figure_files({name: 'what it shows', take: async format => blob});      host.after(files)
//   make_figure_files({name, take: format => svg_file(svg, format)})                           for a figure that is an SVG element
function make_figure_files({ name, take }) {
  const node = make("div", "figure-files");
  const give = async (format) => {
    const named = (typeof name === "function" ? name() : name)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 60);
    const blob = await take(format);
    if (blob) save_file(`${named || "figure"}.${format}`, blob);
  };
  node.append(
    make("span", "", "Save the figure"),
    button("PNG", "The figure as a picture", () => give("png")),
    button("SVG", "The figure as lines and text, for print", () => give("svg")),
  );
  return node;
}
function blob_of(address) {
  // of a data: address
  const [, kind, coded] = /^data:([^,]+),(.*)$/s.exec(address);
  const data = kind.endsWith(";base64")
    ? Uint8Array.from(atob(coded), (ch) => ch.charCodeAt(0))
    : decodeURIComponent(coded);
  return new Blob([data], { type: kind.split(";")[0] });
}
const DRAWN = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "text-anchor",
  "dominant-baseline",
  "visibility",
  "display",
  "marker-end",
  "paint-order",
];
// The element with the page's style written into it, on the page's ground: what is seen is what is saved.
// `key`: an element beside it whose children (a swatch i, a text) become a line of words above the figure.
async function svg_file(svg, format, key) {
  const own = svg.getBoundingClientRect(),
    head = key?.children.length ? 24 : 0,
    box = { width: own.width, height: own.height + head },
    ground = getComputedStyle(svg).getPropertyValue("--paper").trim(),
    copy = svg.cloneNode(true);
  const seen = [svg, ...svg.querySelectorAll("*")],
    made = [copy, ...copy.querySelectorAll("*")];
  seen.forEach((one, i) => {
    const style = getComputedStyle(one);
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      if (value) made[i].style.setProperty(name, value);
    }
    made[i].removeAttribute("class");
  });
  const whole = draw_svg("svg", {
    xmlns: SVG,
    width: box.width,
    height: box.height,
    viewBox: `0 0 ${box.width} ${box.height}`,
  });
  for (const [name, value] of Object.entries({
    x: 0,
    y: head,
    width: own.width,
    height: own.height,
    viewBox: svg.getAttribute("viewBox") ?? `0 0 ${own.width} ${own.height}`,
  }))
    copy.setAttribute(name, value);
  whole.append(draw_svg("rect", { width: box.width, height: box.height, fill: ground }));
  let at = 8;
  for (const one of head ? key.children : []) {
    const swatch = one.querySelector("path, i") ?? one,
      style = getComputedStyle(swatch),
      font = getComputedStyle(one);
    const colour = [
      style.borderTopWidth !== "0px" && style.borderTopColor,
      style.backgroundColor,
      style.stroke,
      style.color,
    ].find((c) => c && c !== "none" && !/, 0\)$/.test(c));
    const words = draw_svg("text", {
      x: at + 24,
      y: 16,
      fill: font.color,
      "font-size": font.fontSize,
      "font-family": font.fontFamily,
    });
    words.textContent = one.textContent;
    whole.append(
      draw_svg("line", {
        x1: at,
        x2: at + 18,
        y1: 11.5,
        y2: 11.5,
        stroke: colour,
        "stroke-width": 2.5,
        "stroke-dasharray": style.strokeDasharray ?? "",
      }),
      words,
    );
    at += 44 + one.getBoundingClientRect().width;
  }
  whole.append(copy);
  const lines = new Blob([new XMLSerializer().serializeToString(whole)], { type: "image/svg+xml" });
  if (format === "svg") return lines;
  const address = URL.createObjectURL(lines),
    image = new Image();
  try {
    image.src = address;
    await image.decode();
    const canvas = make("canvas");
    canvas.width = 2 * box.width;
    canvas.height = 2 * box.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return blob_of(canvas.toDataURL("image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
