// @ts-check
/**
 * The records that a stage draws; playground/pages/lessons makes them.
 *
 * @typedef {{kind: string, items?: string[], low?: number, high?: number, step?: number, unit?: string, start?: number[], by?: string}} Predict
 *   what is asked, without its truth
 * @typedef {{answer: string, then: any, truth: any, moves: import("./moved.js").Moves | null}} Hidden what waits for the reveal
 * @typedef {{title: string, text: string[], open: string, figure: any, question: string, predict: Predict | null, needs_model: boolean,
 *   hidden: Hidden}} Step
 * @typedef {{slug: string, title: string, minutes: string, count: number}} LessonEntry
 * @typedef {{slug: string, title: string, steps: [lesson: string, step: number][]}} CourseEntry
 *
 * @typedef {{guess: any, revealed: boolean, votes: import("./dots.js").Votes | null, moved?: any}} StepState what has happened on a scene: `guess` null before there is one;
 *   votes: of a class; moved: the revealed figure once a slider was moved
 * @typedef {{element?: HTMLElement, update: (state: StepState) => void}} Drawing
 * @typedef {(guess: any) => void} SetGuess
 */
export {};
