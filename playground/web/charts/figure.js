// @ts-check
/**
 * One Plotly figure that lives in `host`: redrawn in place, colours from the page's variables,
 * again when light and dark change.
 */
import { blobOf } from "../core/download.js";
import { onLook } from "../core/look.js";
import { makeFigureFiles } from "./figure_files.js";

/** @typedef {{data: any[], layout?: Record<string, any>, frames?: any[]}} Figure */

/** @returns {any} the library, once it is loaded */
const plotly = () => /** @type {any} */ (window).Plotly;

/** @type {Promise<void> | null} */
let loading = null;

/** @param {string} address relative to the page's base */
function loaded(address) {
  if (plotly()) return Promise.resolve();
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(address, document.baseURI).href; // under any root path
    script.onload = () => resolve();
    script.onerror = () => {
      loading = null; // another figure may try again
      reject(new Error("the plot library could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}

const COLOURS = ["--chosen", "--new", "--settled", "--remasked", "--escape", "--loop", "--raw"];
const FONT = "Inter, system-ui, sans-serif";

/**
 *   const figure = makeFigure({host, library: props.library, onPoint: ({x, y, curve, index}) => ...});
 *   figure.draw({data: [...], layout: {...}, frames: [...]});       null empties it
 *
 * "var(--chosen)" anywhere in the figure becomes the colour that the page has for it now.
 *
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {string} options.library the address of plotly.min.js
 * @param {(point: {x: any, y: any, curve: number, index: number | null}) => void} [options.onPoint]
 */
export function makeFigure({ host, library, onPoint }) {
  // Plotly keeps its data, its layout and its events on the element
  const held = /** @type {any} */ (host);
  /** @param {string} name */
  const variable = (name) => getComputedStyle(host).getPropertyValue(name).trim();

  /** @param {any} value @returns {any} */
  function coloured(value) {
    if (typeof value === "string") {
      const hit = /^var\((--[a-z0-9-]+)\)$/.exec(value);
      return hit ? variable(hit[1]) : value;
    }
    if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(coloured);
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, coloured(one)]));
    return value;
  }

  /** @param {Record<string, any>} own */
  function layoutOf(own) {
    const axis = {
      gridcolor: variable("--line"),
      zerolinecolor: variable("--line"),
      linecolor: variable("--line"),
      automargin: true,
    };
    const layout = coloured(own);
    for (const name of Object.keys(layout))
      if (/^[xy]axis/.test(name)) layout[name] = { ...axis, ...layout[name] };
    layout.xaxis ??= axis;
    layout.yaxis ??= axis;
    const large = document.documentElement.classList.contains("projector");
    return {
      margin: { l: 48, r: 12, t: 12, b: 40 },
      colorway: COLOURS.map(variable),
      ...layout,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      autosize: true,
      font: { family: FONT, size: large ? 18 : 13, color: variable("--ink"), ...layout.font },
      hoverlabel: {
        bgcolor: variable("--panel"),
        bordercolor: variable("--line"),
        font: { color: variable("--ink"), family: FONT },
      },
      uirevision: layout.uirevision ?? "kept", // zoom survives an update
    };
  }

  let turn = 0,
    wired = false;
  /** @type {Figure | null} */
  let last = null;

  /** @param {Figure | null | undefined} figure */
  async function draw(figure) {
    last = figure ?? null;
    const mine = ++turn;
    offerFiles(Boolean(figure?.data));
    if (!figure?.data) {
      if (plotly() && held.data) plotly().purge(host);
      host.replaceChildren();
      return;
    }
    await loaded(library);
    if (mine !== turn) return; // a newer figure came while the library was loading
    await plotly().react(host, coloured(figure.data), layoutOf(figure.layout ?? {}), {
      responsive: true,
      displayModeBar: false,
      scrollZoom: false,
    });
    if (figure.frames?.length) await plotly().addFrames(host, figure.frames);
    if (onPoint && !wired) {
      wired = true;
      held.on("plotly_click", (/** @type {any} */ event) => {
        const point = event.points[0];
        onPoint({
          x: point.x,
          y: point.y,
          curve: point.curveNumber,
          index: point.pointIndex ?? null,
        });
      });
    }
  }

  /** @type {HTMLElement | null} */
  let files = null;
  /** @param {boolean} there */
  function offerFiles(there) {
    if (!files && there && host.parentNode) {
      files = makeFigureFiles({ name: () => host.getAttribute("aria-label") ?? "", take: taken });
      host.after(files);
    }
    if (files) files.hidden = !there;
  }

  /** The figure as it stands there, on the page's own ground. @param {string} format */
  async function taken(format) {
    if (!held.data) return null;
    const ground = variable("--paper"),
      layout = { ...held.layout, paper_bgcolor: ground, plot_bgcolor: ground };
    return blobOf(
      await plotly().toImage(
        { data: held.data, layout },
        {
          format,
          width: host.clientWidth,
          height: host.clientHeight,
          scale: format === "png" ? 2 : 1,
        },
      ),
    );
  }

  onLook(() => draw(last));
  return { draw };
}
