// @ts-check
/** Files that the visitor saves. */
import { make } from "./dom.js";

/** @param {string} name @param {Blob} blob */
export function saveFile(name, blob) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What a data: address holds. Throws an Error where it is none. @param {string} address */
export function blobOf(address) {
  const found = /^data:([^,]+),(.*)$/s.exec(address);
  if (!found) throw new Error("not a data: address");
  const [, kind, coded] = found;
  const data = kind.endsWith(";base64")
    ? Uint8Array.from(atob(coded), (character) => character.charCodeAt(0))
    : decodeURIComponent(coded);
  return new Blob([data], { type: kind.split(";")[0] });
}
