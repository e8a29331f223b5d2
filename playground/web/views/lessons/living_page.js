// @ts-check
/** The page that a lesson drives, in a frame beside it, with the control outlined that the step speaks of. */
import { make, node } from "../../core/dom.js";
import { current, onLanguage, t } from "../../core/translate.js";

const WIDE = "(min-width: 1000px)";

/** @param {HTMLElement} owner the view; a tab that nobody looks at loads no second page */
export function makeLivingPage(owner) {
  const element = node("section", {
    class: "lesson-living",
    "aria-label": () => t("The page that the lesson drives"),
  });
  const wide = matchMedia(WIDE);
  /** @type {HTMLIFrameElement | null} */
  let frame = null;
  /** @type {MutationObserver | null} */
  let looking = null;
  let shown = "";
  /** @type {{open: string, look: string} | null} */
  let step = null;

  function draw() {
    if (!step) return;
    element.hidden = !step.open || !wide.matches;
    if (element.hidden || owner.offsetParent === null) return;
    if (shown === step.open) {
      point();
      return;
    }
    shown = step.open;
    frame?.remove();
    frame = make("iframe");
    frame.title = t("The living page");
    frame.src = location.pathname + withLanguage(step.open);
    frame.addEventListener("load", point);
    element.append(frame);
  }

  /** @param {string} query */
  function withLanguage(query) {
    return current() === "en" ? query : `${query}&lang=${current()}`;
  }

  /** The control is outlined as soon as it is there, however long its page takes. */
  function point() {
    looking?.disconnect();
    const page = frame?.contentDocument;
    if (!page?.body) return;
    page.documentElement.classList.add("in-lesson");
    const projector = document.documentElement.classList.contains("projector");
    page.documentElement.classList.toggle("projector", projector);
    if (document.body.classList.contains("dark")) page.body.classList.add("dark");
    for (const one of page.querySelectorAll(".lesson-look")) one.classList.remove("lesson-look");
    if (!step?.look || outline(page, step.look)) return;
    const { look } = step;
    looking = new MutationObserver(() => {
      if (outline(page, look)) looking?.disconnect();
    });
    looking.observe(page.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ["class", "hidden", "style"],
    });
  }

  /** @param {Document} page @param {string} look @returns {boolean} whether the control is there to be seen */
  function outline(page, look) {
    const target = /** @type {HTMLElement | null} */ (page.querySelector(look));
    const view = frame?.contentWindow;
    // what is folded away is opened: the lesson speaks of it
    for (let one = target?.closest("details"); one; one = one.parentElement?.closest("details"))
      one.open = true;
    if (!view || !target || target.offsetParent === null || !target.offsetHeight) return false;
    target.classList.add("lesson-look");
    // (scrollIntoView would move the lesson's own page as well)
    const place = target.getBoundingClientRect();
    const room = view.innerHeight - place.height;
    view.scrollBy({ top: place.top - Math.max(16, room / 2), behavior: "instant" });
    return true;
  }

  onLanguage(() => {
    if (!frame) return;
    shown = ""; // in the new language the page is opened anew
    draw();
  });
  new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) draw();
  }).observe(owner);

  return {
    element,
    /** @param {{open: string, look: string}} next */
    show(next) {
      step = next;
      draw();
    },
    /** Call `act` when the page has come or gone with the width of the screen. @param {() => void} act */
    onChange: (act) => wide.addEventListener("change", act),
  };
}
