// The dialog with the QR code of a link. Escape, the button and a click beside it close it; the focus returns to where it was.
const dialog = element.querySelector("dialog"),
  part = (name) => dialog.querySelector(`[data-part="${name}"]`);
const LOCAL = /^(localhost|127\.|0\.0\.0\.0|\[::1\])/;
part("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
document.addEventListener("playground:qr", async (event) => {
  const address = String(event.detail);
  part("problem").hidden = true;
  part("picture").replaceChildren();
  part("address").textContent = address;
  part("address").href = address;
  part("note").textContent = LOCAL.test(location.host)
    ? "This address works on this computer alone. For phones in the room, start the Playground with HOST=0.0.0.0 and open it by this computer’s name or number."
    : "";
  if (!dialog.open) dialog.showModal();
  let answer;
  try {
    answer = await server.squares(address);
  } catch {
    answer = {
      error: "The picture could not be made: the server did not answer. The link below works.",
    };
  }
  if (part("address").textContent !== address) return; // another link was asked for in the meantime
  if (answer.error) {
    part("problem").textContent = answer.error;
    part("problem").hidden = false;
    return;
  }
  const rows = answer.rows,
    side = rows.length + 8; // four light squares around it belong to the code
  let path = "";
  rows.forEach((row, y) =>
    [...row].forEach((dark, x) => {
      if (dark === "1") path += `M${x + 4} ${y + 4}h1v1h-1z`;
    }),
  );
  const svg = draw_svg("svg", {
    viewBox: `0 0 ${side} ${side}`,
    role: "img",
    "aria-label": "QR code of the link below",
    "shape-rendering": "crispEdges",
  });
  svg.append(
    draw_svg("rect", { width: side, height: side, fill: "#fff" }),
    draw_svg("path", { d: path, fill: "#000" }),
  );
  part("picture").replaceChildren(svg);
});
