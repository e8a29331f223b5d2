// @ts-check
/**
 * From one word after another to everywhere at once: the words that stand there become blanks,
 * which the diffusion twin fills.
 */
import { t } from "../../core/translate.js";

/** @param {import("./home.js").HomeView} home @param {import("./game.js").Mode} mode */
export async function setMode(home, mode) {
  if (mode === home.play.mode) return;
  const id = ++home.run;
  home.strip?.clear();
  home.strip?.ball.hide();
  if (mode === "masks") await blankOut(home);
  if (id !== home.run) return;
  home.reset(mode, crypto.getRandomValues(new Uint32Array(1))[0]);
  home.say(
    mode === "masks"
      ? t("Six blanks, filled in any order. The marked one is next.")
      : t("Back to one word after another."),
  );
  const there = await home.arrive();
  // once, because it was asked for
  if (there && mode === "masks" && id + 1 === home.run) home.autoplay(700);
}

/** @param {import("./home.js").HomeView} home */
async function blankOut(home) {
  const places = home.sentence?.places() ?? [];
  await Promise.all(
    places.map((one, k) =>
      home.stage.animate(
        one,
        [
          { background: "transparent", color: "var(--ink)", borderRadius: "8px" },
          { background: "var(--masked)", color: "transparent", borderRadius: "8px" },
        ],
        { duration: 300, delay: ((k * 5) % 6) * 60 },
      ),
    ),
  );
}
