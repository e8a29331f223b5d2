// @ts-check
/** What is rarely wanted on the stage: the entries behind "More". */
import { copyLink } from "../../core/link.js";
import { showEmbed, showQr } from "../../core/messages.js";
import { t } from "../../core/translate.js";
import { blank, goFull } from "./full.js";
import { showKeys } from "./help.js";

/**
 * @typedef {{name: () => string, key: string, act: () => void, shown: () => boolean}} Entry
 * @typedef {object} Stage what the entries do
 * @property {{course: string, list: unknown[]}} store
 * @property {{open: boolean, press: () => void}} vote
 * @property {(at: number) => void} go
 * @property {() => void} showTeachersPage
 * @property {() => void} print
 * @property {() => string} keepAddress
 */

const always = () => true;

/** @param {Stage} stage @returns {Entry[]} */
export const menuOf = (stage) => [
  { name: () => t("Full screen"), key: "F", act: () => goFull(), shown: always },
  { name: () => t("Blank the screen"), key: "B", act: () => blank(), shown: always },
  {
    name: () => t("Vote"),
    key: "V",
    act: () => stage.vote.press(),
    shown: () => stage.vote.open,
  },
  {
    name: () => t("Teacher's page"),
    key: "",
    act: () => stage.showTeachersPage(),
    shown: () => Boolean(stage.store.course),
  },
  {
    name: () => t("All guesses"),
    key: "",
    act: () => stage.go(stage.store.list.length),
    shown: always,
  },
  { name: () => t("Print"), key: "", act: () => stage.print(), shown: always },
  {
    name: () => t("Copy link"),
    key: "",
    act: () => copyLink(stage.keepAddress()),
    shown: always,
  },
  { name: () => t("Embed"), key: "", act: () => showEmbed(stage.keepAddress()), shown: always },
  { name: () => t("QR code"), key: "", act: () => showQr(stage.keepAddress()), shown: always },
  { name: () => t("Keys"), key: "?", act: () => showKeys(), shown: always },
];
