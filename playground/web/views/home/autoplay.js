// @ts-check
/** Home plays by itself until somebody touches anything. */

const BETWEEN = 1500; // milliseconds between two words
const AT_END = 6500;

/**
 * @param {import("./home.js").HomeView} home
 * @param {number} first milliseconds before the first word
 */
export async function autoplay(home, first) {
  const { stage } = home;
  if (home.auto) await stage.wait(first);
  while (home.auto && home.view.isConnected) {
    if (!home.here || document.hidden) await stage.wait(400);
    else if (!home.play.ended) {
      await home.drop();
      // it cannot go on, and the page says why
      if (home.auto && !home.next && !home.play.ended) home.auto = false;
      if (home.auto) await stage.wait(BETWEEN);
    } else if (home.play.masks) home.auto = false;
    else {
      await stage.wait(AT_END);
      if (home.auto) home.again(home.record.seed);
      if (home.auto) await stage.wait(BETWEEN);
    }
  }
  home.draw();
}
