// @ts-check
/** What Gradio hands a view. */

/**
 * @typedef {object} Host what `mount(element, host)` of a view is given
 * @property {Record<string, any>} props the widget's value (`props.value`) and the keyword arguments of its Python class
 * @property {any} constants plain data that never changes
 * @property {Record<string, (...values: any[]) => Promise<any>>} server the Python functions in `server_functions`, by name
 * @property {(event: string, detail?: unknown) => void} trigger an event of the Python component; its name stands in the class's EVENTS
 * @property {(name: string | string[], act: () => void) => void} watch `act()` after Python changed a prop ("value")
 * @property {(file: File) => Promise<{path: string, url: string}>} upload
 */

/** The largest seed, as playground/parameters.py has it: JavaScript and JSON carry it exactly. */
export const LARGEST_SEED = 2 ** 53;

/**
 * The value as it is now, as objects of its own: Gradio writes each next value of a stream into the
 * objects of the last one. A class with STREAMED = True sends JSON text; both are read here. null
 * where there is none.
 * @param {{value?: any}} props @returns {any}
 */
export function readValue(props) {
  const value = props.value;
  if (value === null || value === undefined || value === "") return null;
  return JSON.parse(typeof value === "string" ? value : JSON.stringify(value));
}
