// @ts-check
/**
 * What the visitor does to words: throw away, hide, keep, redo, take back; and the buttons for it.
 */
import { announce, showQr } from "../../core/messages.js";
import { copyLink, offerEmbed } from "../../core/link.js";
import { nt, t } from "../../core/translate.js";
import { thrownWith, weakestOf } from "./edits.js";
import { isHidden } from "./lexicon.js";
import { offerToClass } from "./on_class.js";
import { addressNow, copyText, share } from "./share.js";
import { rowAt } from "./side.js";

/** @typedef {import("./unmask.js").UnmaskView} View */

export class Tools {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.wire();
    this.cover = offerToClass(view);
    if (!view.replay) this.gather();
  }

  /** Few controls on the first screen: the text is one more thing to take away. */
  gather() {
    const { parts, take } = this.view,
      copy = parts.press("copy");
    parts.part("spread").append(take.element);
    copy.className = "take-form";
    take.element.querySelector(".take-list")?.prepend(copy);
  }

  wire() {
    const { press } = this.view.parts;
    press("stop").addEventListener("click", () => this.view.run.stop());
    press("throw").addEventListener("click", () => this.throwAway(this.view.store.focus, 0));
    press("mask").addEventListener("click", () => this.edit(this.view.store.focus, "mask", 0));
    press("keep").addEventListener("click", () => this.edit(this.view.store.focus, "lock", 0));
    press("weakest").addEventListener("click", () => this.redoWeakest());
    press("undo").addEventListener("click", () => this.takeBack());
    press("continue").addEventListener("click", () => this.view.goOn());
    press("copy").addEventListener("click", () => copyText(this.view));
    press("link").addEventListener("click", () => share(this.view, copyLink));
    if (!this.view.replay) offerEmbed(press("link"), () => addressNow(this.view));
    press("picture").addEventListener("click", () =>
      share(this.view, (address) => {
        history.replaceState(null, "", address);
        showQr(address);
      }),
    );
  }

  /** @param {number} i @param {number} n */
  throwAway(i, n) {
    const side = this.view.store.sides[n];
    if (this.view.replay || !side || i < 0) return;
    if (this.view.run.running) this.view.run.stop();
    const places = thrownWith(side, this.view.time.step, i);
    if (!places.includes(i)) return announce(t("This word is hidden already."));
    this.redo(places, n);
  }

  redoWeakest() {
    if (this.view.replay || !this.view.store.sides.length) return;
    if (this.view.run.running) this.view.run.stop();
    this.redo(weakestOf(this.view.store.sides[0], this.view.time.step), 0);
  }

  /** @param {number[]} places @param {number} n */
  redo(places, n) {
    this.view.time.pause();
    for (const i of places) this.view.store.edits.of(n).set(i, "mask");
    this.view.views[n].wall.blurred(places);
    this.view.goOn();
  }

  /** @param {number} i @param {import("./wall.js").Edit} edit @param {number} n */
  edit(i, edit, n) {
    if (this.view.replay || !this.view.store.sides[n] || i < 0) return;
    if (this.view.run.running) return announce(t("The run is still going on: stop it first."));
    this.view.time.pause();
    if (!this.view.store.edits.put(this.view.store.sides[n], n, this.view.time.step, i, edit))
      return;
    this.view.store.focus = i;
    this.view.draw();
  }

  takeBack() {
    const place = this.view.store.edits.back();
    if (place !== null) {
      this.view.store.focus = place;
      return this.view.draw();
    }
    const old = this.view.run.running ? null : this.view.store.restore();
    if (!old) return;
    this.view.clock.restore(old.twin);
    this.view.problem("");
    this.view.open(Math.max(0, this.view.store.length - 1), false);
    announce(t("Back at the run before."));
  }

  draw() {
    this.cover();
    const { part, press } = this.view.parts,
      busy = this.view.run.running,
      { step } = this.view.time,
      { hidden, again, kept } = this.view.store.edits.counts(this.view.store.sides, step),
      edited = again + kept > 0,
      redraws = this.view.store.sides.some(({ card }) => card.redraws),
      state = this.view.store.sides.length
        ? rowAt(this.view.store.sides[0], step).state[this.view.store.focus]
        : "masked";
    part("tools").hidden = this.view.replay;
    press("throw").disabled = press("mask").disabled = !state || isHidden(state);
    press("keep").disabled = !state || isHidden(state) || state === "locked";
    press("weakest").disabled =
      !this.view.store.sides.length || this.view.store.sides.length > 1 || step === 0;
    press("undo").hidden =
      busy || (!this.view.store.edits.undo.length && !this.view.store.kept.length);
    press("continue").hidden =
      busy || this.view.time.playing || !this.view.store.sides.length || !(hidden || edited);
    part("edits").textContent = [
      again && !redraws ? nt("{n} to be drawn again", "{n} to be drawn again", again) : "",
      kept ? nt("{n} kept", "{n} kept", kept) : "",
      edited && redraws ? t("every word that is not kept is drawn anew, from noise") : "",
    ]
      .filter(Boolean)
      .join(", ");
    this.view.take.ready(this.view.store.length > 1);
  }
}
