// @ts-check
/**
 * "Panel on my phone": the code that the teacher's phone scans, and the question whether it is the
 * teacher's that did.
 */
import { qrPicture } from "../../charts/qr.js";
import { asIs, make } from "../../core/dom.js";
import { announce } from "../../core/messages.js";
import { t } from "../../core/translate.js";

/** @param {string} text @param {() => void} act @param {string} [classes] */
function press(text, act, classes) {
  const one = make("button", classes, text);
  one.type = "button";
  one.addEventListener("click", act);
  return one;
}

export class PhoneOffer {
  element = make("dialog", "class-phone");
  /** @type {SVGElement | null} */
  picture = null;
  address = "";
  drawn = "";

  /**
   * @param {import("../../core/value.js").Host["server"]} server
   * @param {() => import("./session.js").ClassSession | null} session
   * @param {(error: unknown) => void} failed
   */
  constructor(server, session, failed) {
    this.server = server;
    this.session = session;
    this.failed = failed;
  }

  get state() {
    return this.session()?.state;
  }

  get stage() {
    return this.state?.phone?.stage ?? "none";
  }

  /** Offers a key, or takes back the one that a phone holds. */
  async press() {
    try {
      if (this.stage === "here") await this.session()?.act("drop");
      else await this.offer();
    } catch (error) {
      this.failed(error);
    }
  }

  async offer() {
    const { code } = /** @type {import("./session.js").ClassSession} */ (this.session()).held;
    const { token } = await this.session()?.post("phone", {});
    this.address = new URL(`class/${code}/panel#${token}`, document.baseURI).href;
    const { rows } = await this.server.squares(this.address);
    this.picture = rows ? qrPicture(rows, t("QR code of the panel’s address")) : null;
    this.drawn = "";
    this.show("offered");
  }

  /** The class has changed. */
  draw() {
    const { stage, element } = this;
    if (stage === "asks" || (element.open && stage === "none")) this.show(stage);
    else if (stage === "here" && element.open) {
      element.close();
      announce(t("Your phone teaches now."));
    }
  }

  /** @param {string} stage */
  show(stage) {
    const now = stage + this.state?.phone?.check;
    if (now === this.drawn && this.element.open) return;
    this.drawn = now;
    this.element.setAttribute("aria-label", t("Panel on my phone"));
    this.element.replaceChildren(...this.parts(stage));
    if (this.element.open) return;
    document.body.append(this.element);
    this.element.showModal();
  }

  /** @param {string} stage @returns {Node[]} */
  parts(stage) {
    const close = press(t("Cancel"), () => this.end());
    if (stage === "asks") {
      const { check } = this.state.phone;
      const said = t("A phone asks to teach this class. Does yours show {check}?", { check });
      const yes = press(t("Yes, that is mine"), () => this.act("allow", { check }), "main");
      return [
        make("p", "", said),
        this.row(
          yes,
          press(t("No"), () => this.end()),
        ),
      ];
    }
    if (stage === "none")
      return [
        make("p", "", t("This code is too old.")),
        this.row(
          press(t("Show a new one"), () => this.press(), "main"),
          close,
        ),
      ];
    return [
      make("p", "", t("Scan this with your own phone. It works once, and you allow it here.")),
      ...(this.picture ? [this.picture] : []),
      asIs(make("p", "class-where", this.address)),
      this.row(close),
    ];
  }

  /** @param {...Node} presses */
  row(...presses) {
    const row = make("div", "class-acts");
    row.append(...presses);
    return row;
  }

  /** @param {string} path @param {any} body */
  async act(path, body) {
    try {
      await this.session()?.act(path, body);
    } catch (error) {
      this.failed(error);
      this.end();
    }
  }

  /** Neither the code nor the phone that scanned it are good for anything. */
  end() {
    this.element.close();
    this.act("drop", {});
  }
}
