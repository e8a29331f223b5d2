// One Plotly figure that lives in `host`: redrawn in place, colours from the page's variables, again when light and dark change.
//
//   const figure = make_figure({host, library: props.library, on_point: ({x, y, curve, index}) => ...});
//   figure.draw({data: [...], layout: {...}, frames: [...]});       // null empties it
//
// 'var(--chosen)' anywhere in the figure becomes the colour that the page has for it now.
function make_figure({ host, library, on_point }) {
  const variable = (name) => getComputedStyle(host).getPropertyValue(name).trim();
  function coloured(value) {
    if (typeof value === "string") {
      const hit = /^var\((--[a-z0-9-]+)\)$/.exec(value);
      return hit ? variable(hit[1]) : value;
    }
    if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(coloured);
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, coloured(v)]));
    return value;
  }
  function loaded() {
    if (window.Plotly) return Promise.resolve();
    return (window.plotly_loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(library, document.baseURI).href; // under any root path
      script.onload = resolve;
      script.onerror = () => reject(new Error("the plot library could not be loaded"));
      document.head.append(script);
    }));
  }
  let turn = 0,
    last = null;
  async function draw(figure) {
    last = figure;
    const mine = ++turn;
    offer_files(Boolean(figure?.data));
    if (!figure?.data) {
      if (window.Plotly && host.data) Plotly.purge(host);
      host.replaceChildren();
      return;
    }
    if (!window.Plotly) await loaded();
    if (mine !== turn) return; // a newer figure came while the library was loading
    const axis = {
      gridcolor: variable("--line"),
      zerolinecolor: variable("--line"),
      linecolor: variable("--line"),
      automargin: true,
    };
    const layout = coloured(figure.layout ?? {});
    for (const name of Object.keys(layout))
      if (/^[xy]axis/.test(name)) layout[name] = { ...axis, ...layout[name] };
    layout.xaxis ??= axis;
    layout.yaxis ??= axis;
    await Plotly.react(
      host,
      coloured(figure.data),
      {
        margin: { l: 48, r: 12, t: 12, b: 40 },
        colorway: [
          "--chosen",
          "--new",
          "--settled",
          "--remasked",
          "--escape",
          "--loop",
          "--raw",
        ].map(variable),
        ...layout,
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        autosize: true,
        font: {
          family: "Inter, system-ui, sans-serif",
          size: document.documentElement.classList.contains("projector") ? 18 : 13,
          color: variable("--ink"),
          ...layout.font,
        },
        hoverlabel: {
          bgcolor: variable("--panel"),
          bordercolor: variable("--line"),
          font: { color: variable("--ink"), family: "Inter, system-ui, sans-serif" },
        },
        uirevision: layout.uirevision ?? "kept", // zoom survives an update
      },
      { responsive: true, displayModeBar: false, scrollZoom: false },
    );
    if (figure.frames?.length) await Plotly.addFrames(host, figure.frames);
    if (on_point && !host.wired) {
      host.wired = true;
      host.on("plotly_click", (event) => {
        const point = event.points[0];
        on_point({
          x: point.x,
          y: point.y,
          curve: point.curveNumber,
          index: point.pointIndex ?? null,
        });
      });
    }
  }
  // PNG and SVG of the figure as it stands there, on the page's own ground
  let files = null;
  function offer_files(there) {
    if (!files && there && host.parentNode)
      host.after(
        (files = make_figure_files({
          name: () => host.getAttribute("aria-label") ?? "",
          take: taken,
        })),
      );
    if (files) files.hidden = !there;
  }
  async function taken(format) {
    if (!host.data) return null;
    const ground = variable("--paper"),
      layout = { ...host.layout, paper_bgcolor: ground, plot_bgcolor: ground };
    return blob_of(
      await Plotly.toImage(
        { data: host.data, layout },
        {
          format,
          width: host.clientWidth,
          height: host.clientHeight,
          scale: format === "png" ? 2 : 1,
        },
      ),
    );
  }
  const look = () =>
    [document.body, document.documentElement]
      .map((one) => one.classList.contains("dark") + " " + one.classList.contains("projector"))
      .join();
  let was = look();
  const watcher = new MutationObserver(() => {
    if (look() !== was) {
      was = look();
      draw(last);
    }
  });
  for (const one of [document.body, document.documentElement])
    watcher.observe(one, { attributes: true, attributeFilter: ["class"] });
  return { draw };
}
