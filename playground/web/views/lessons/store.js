// @ts-check
/**
 * What the stage knows: the lessons, where it is, what was guessed and revealed. No elements here.
 */

/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").StepState} StepState */

/** A step of a lesson, wherever a course shows it. @param {string} lesson @param {number} step */
export const placeOf = (lesson, step) => `${lesson},${step}`;

export class Store {
  /** @type {import("./types.js").LessonEntry[]} */
  lessons = [];
  /** @type {import("./types.js").CourseEntry[]} */
  courses = [];
  /** @type {Map<string, Step[]>} by lesson */
  steps = new Map();
  /** @type {Map<string, StepState>} by place */
  states = new Map();
  lesson = "";
  course = ""; // "" where a lesson is open
  at = 0; // of the list; its length: all guesses
  teacher = false; // the teacher's page of a course is open

  /** What is shown one after the other. @returns {[lesson: string, step: number][]} */
  get list() {
    if (this.course) return this.courses.find((one) => one.slug === this.course)?.steps ?? [];
    const count = this.lessons.find((one) => one.slug === this.lesson)?.count ?? 0;
    return Array.from({ length: count }, (_, k) => [this.lesson, k]);
  }

  get title() {
    const all = this.course ? this.courses : this.lessons,
      slug = this.course || this.lesson;
    return all.find((one) => one.slug === slug)?.title ?? "";
  }

  get atEnd() {
    return this.at >= this.list.length;
  }

  /** @param {number} at @returns {Step | null} null while it is not here yet */
  stepAt(at) {
    const place = this.list[at];
    return place ? (this.steps.get(place[0])?.[place[1]] ?? null) : null;
  }

  /** @param {number} at @returns {StepState} */
  stateAt(at) {
    const place = this.list[at];
    const key = place ? placeOf(...place) : "";
    let state = this.states.get(key);
    if (!state) this.states.set(key, (state = { guess: null, revealed: false, votes: null }));
    return state;
  }

  /**
   * @param {string} value "lesson:temperature" or "course:how-a-model-chooses"
   * @param {number} [at]
   */
  open(value, at = 0) {
    const [kind, slug] = value.split(":");
    Object.assign(this, kind === "course" ? { course: slug } : { course: "", lesson: slug });
    this.at = Math.max(0, Math.min(at, this.list.length));
    this.teacher = false;
  }

  get value() {
    return this.course ? `course:${this.course}` : `lesson:${this.lesson}`;
  }

  forget() {
    for (const [lesson, step] of this.list) this.states.delete(placeOf(lesson, step));
  }

  /** The query of what is open, without the step. */
  get query() {
    const query = new URLSearchParams({ tab: "lessons" });
    if (this.course) query.set("course", this.course);
    else query.set("lesson", this.lesson);
    return `?${query}`;
  }

  /** The part behind #: "#3", "#3r" revealed, "#end", "#teacher". */
  get hash() {
    if (this.teacher) return "#teacher";
    if (this.atEnd) return "#end";
    return `#${this.at + 1}${this.stateAt(this.at).revealed ? "r" : ""}`;
  }

  /**
   * Takes what stands behind # of an address; says whether it was one of the stage's own.
   * @param {string} hash
   */
  takeHash(hash) {
    if (hash === "#teacher") {
      this.teacher = Boolean(this.course);
      return true;
    }
    if (hash === "#end") this.at = this.list.length;
    const found = hash.match(/^#(\d{1,3})(r?)$/);
    if (!found) return hash === "#end";
    this.teacher = false;
    this.at = Math.max(0, Math.min(Number(found[1]) - 1, this.list.length));
    if (found[2] && !this.atEnd) this.stateAt(this.at).revealed = true;
    return true;
  }
}
