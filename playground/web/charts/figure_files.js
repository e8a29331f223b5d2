// @ts-check
/** A figure as a file: a small line "Save the figure: PNG, SVG" under it. */
import { drawSvg, make, node } from "../core/dom.js";
import { blobOf, saveFile } from "../core/download.js";
import { t } from "../core/translate.js";

/**
 *   host.after(makeFigureFiles({name: () => "what it shows", take: async (format) => blob}));
 *   makeFigureFiles({name, take: (format) => svgFile(svg, format)})      for a figure that is an SVG element
 *
 * @param {{name: () => string, take: (format: "png" | "svg") => Promise<Blob | null>}} options
 */
export function makeFigureFiles({ name, take }) {
  /** @param {"png" | "svg"} format */
  const give = async (format) => {
    const named = name()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 60);
    const blob = await take(format);
    if (blob) saveFile(`${named || "figure"}.${format}`, blob);
  };
  const png = node("button", { type: "button", title: () => t("The figure as a picture") }, "PNG");
  const svg = node(
    "button",
    { type: "button", title: () => t("The figure as lines and text, for print") },
    "SVG",
  );
  png.addEventListener("click", () => give("png"));
  svg.addEventListener("click", () => give("svg"));
  return node(
    "div",
    { class: "figure-files" },
    node("span", {}, () => t("Save the figure")),
    png,
    svg,
  );
}

const DRAWN = (
  "fill fill-opacity stroke stroke-width stroke-dasharray stroke-opacity stroke-linecap stroke-linejoin opacity font-family font-size " +
  "font-weight font-style text-anchor dominant-baseline visibility display marker-end paint-order"
).split(" ");

/** A copy with the page's style written into it. @param {SVGSVGElement} svg */
function styled(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true)),
    made = [copy, .../** @type {NodeListOf<SVGElement>} */ (copy.querySelectorAll("*"))];
  [svg, ...svg.querySelectorAll("*")].forEach((one, i) => {
    const style = getComputedStyle(one);
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      if (value) made[i].style.setProperty(name, value);
    }
    made[i].removeAttribute("class");
  });
  return copy;
}

const KEY_HEIGHT = 24;

/** The legend as a line of swatches and words. @param {Element} key */
function legend(key) {
  const parts = [];
  let at = 8;
  for (const one of key.children) {
    const swatch = getComputedStyle(one.querySelector("path, i") ?? one),
      font = getComputedStyle(one);
    const colour = [
      swatch.borderTopWidth !== "0px" && swatch.borderTopColor,
      swatch.backgroundColor,
      swatch.stroke,
      swatch.color,
    ].find((one) => one && one !== "none" && !/, 0\)$/.test(one));
    const words = drawSvg("text", {
      x: at + 24,
      y: 16,
      fill: font.color,
      "font-size": font.fontSize,
      "font-family": font.fontFamily,
    });
    words.textContent = one.textContent;
    const stroke = { stroke: colour || "", "stroke-width": 2.5 };
    const dash = { "stroke-dasharray": swatch.strokeDasharray ?? "" };
    parts.push(
      drawSvg("line", { x1: at, x2: at + 18, y1: 11.5, y2: 11.5, ...stroke, ...dash }),
      words,
    );
    at += 44 + one.getBoundingClientRect().width;
  }
  return parts;
}

/**
 * The drawing with the page's style written into it, on the page's ground: what is seen is what is
 * saved.
 * @param {SVGSVGElement} svg
 * @param {"png" | "svg"} format
 * @param {Element} [key] an element beside it whose children (a swatch i, a text) become a line of words above the figure
 * @returns {Promise<Blob>}
 */
export async function svgFile(svg, format, key) {
  const own = svg.getBoundingClientRect(),
    top = key?.children.length ? KEY_HEIGHT : 0,
    box = { width: own.width, height: own.height + top },
    ground = getComputedStyle(svg).getPropertyValue("--paper").trim(),
    copy = styled(svg);
  for (const [name, value] of Object.entries({
    x: 0,
    y: top,
    width: own.width,
    height: own.height,
    viewBox: svg.getAttribute("viewBox") ?? `0 0 ${own.width} ${own.height}`,
  }))
    copy.setAttribute(name, String(value));
  const whole = drawSvg(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      ...box,
      viewBox: `0 0 ${box.width} ${box.height}`,
    },
    drawSvg("rect", { ...box, fill: ground }),
    ...(key && top ? legend(key) : []),
    copy,
  );
  const lines = new Blob([new XMLSerializer().serializeToString(whole)], { type: "image/svg+xml" });
  return format === "svg" ? lines : painted(lines, box);
}

/** @param {Blob} lines an SVG file @param {{width: number, height: number}} box */
async function painted(lines, box) {
  const address = URL.createObjectURL(lines),
    image = new Image();
  try {
    image.src = address;
    await image.decode();
    const canvas = make("canvas");
    canvas.width = 2 * box.width;
    canvas.height = 2 * box.height;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return blobOf(canvas.toDataURL("image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
