// @ts-check
/**
 * Which samplers are offered with a model and why not the others; how many words a step draws.
 */
import { nt, say, t } from "../../core/translate.js";

/** @typedef {import("./form.js").Sampler} Sampler */

/** Steps in a row that settle one word: its group and the word. @param {string} sampler */
const halves = (sampler) => (sampler === "coarse-to-fine" ? 2 : 1);

/**
 * Steps for so many words a step (a step of each half, where there are two).
 * @param {string} sampler @param {number} masks @param {number} words
 */
export const stepsFor = (sampler, masks, words) =>
  halves(sampler) * Math.max(1, Math.ceil(masks / Math.max(1, words)));

/** Whether every step may change every word. @param {Sampler} sampler */
export const drawsAll = (sampler) => sampler.posterior && halves(sampler.name) === 1;

/** The other way round. @param {string} sampler @param {number} masks @param {number} steps */
export function paceOf(sampler, masks, steps) {
  // the half with fewer steps draws the most; a single step draws words at once
  const own = Math.max(1, Math.floor(steps / halves(sampler)));
  return Math.max(1, Math.ceil(masks / own));
}

/**
 * cdcd's schedule is the spacing of its standard deviations: these two.
 * @param {Sampler} sampler
 * @param {string[]} all
 * @param {string} now
 */
export const schedulesOf = (sampler, all, now) =>
  sampler?.name === "cdcd"
    ? all.filter((one) => ["geometric", "entropy-linear", now].includes(one))
    : all;

/**
 * The schedule that a sampler begins with: the warped one where vectors move along it (cdcd) or
 * the network was trained with it. @param {string} sampler @param {boolean} trained
 */
export const scheduleOf = (sampler, trained) =>
  sampler === "cdcd" || (sampler === "diffusion-lm" && trained) ? "entropy-linear" : "linear";

/**
 * Why samplers are not offered with the model that is chosen.
 * @param {Sampler[]} samplers @param {string[]} readers titles of the networks that read any noise
 */
export function cannotRun(samplers, readers) {
  const names = (/** @type {Sampler[]} */ all) =>
    all.map((one) => say(one.title).split(/[:(]/)[0].trim()).join(", ");
  const posterior = samplers.filter((one) => one.posterior),
    verifier = samplers.filter((one) => one.verifier);
  return [
    posterior.length ? needNoise(posterior.length, names(posterior), readers.join(", ")) : "",
    verifier.length
      ? t("{names} needs a trained verifier, which this model does not have here.", {
          names: names(verifier),
        })
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {number} n @param {string} names @param {string} readers */
const needNoise = (n, names, readers) =>
  readers
    ? nt(
        "{n} more sampler needs probabilities under noise, which “{readers}” and the exact models give: {names}.",
        "{n} more samplers need probabilities under noise, which “{readers}” and the exact models give: {names}.",
        n,
        { names, readers },
      )
    : nt(
        "{n} more sampler needs exact probabilities under noise, which only the exact models give: {names}.",
        "{n} more samplers need exact probabilities under noise, which only the exact models give: {names}.",
        n,
        { names },
      );
