// @ts-check
/**
 * Blind judgement: two texts of hidden strategies, which is better, and how fluent, coherent and
 * relevant each is. The votes stay in this browser.
 */
import { make } from "../../core/dom.js";
import { fixed, NOTHING } from "../../core/format.js";
import { announce, drawn } from "../../core/messages.js";
import { offerView } from "../../core/on_view.js";
import { nt, onLanguage, say, t } from "../../core/translate.js";
import {
  area,
  arrange,
  field,
  seedInput,
  note,
  numberIn,
  numberInput,
  press,
  rowOf,
  saveCsv,
  selectInput,
  spoken,
  tableOf,
} from "./parts.js";
import { Pair, SCALE_NAMES, SCALES, shuffledPairs } from "./people_pair.js";
import { Rules } from "./rules.js";
import { makeAsker, PartLink, Runner } from "./running.js";

const KEY = "playground-compare-votes",
  MOST = 2000,
  HIDDEN = ["greedy", "temperature", "top-p", "beam"];

/** The judgements that this browser keeps. @returns {any[]} */
function kept() {
  try {
    const votes = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(votes) ? votes.slice(-MOST) : [];
  } catch {
    return [];
  }
}

/** @param {any[]} votes */
function exportVotes(votes) {
  const scales = ["left", "right"].flatMap((side) => SCALES.map((one) => [side, one]));
  saveCsv("judgements.csv", [
    [
      ...["left", "right", "winner"],
      ...scales.map((pair) => pair.join("_")),
      ...["model", "prompt", "seed", "tokens"],
    ],
    ...votes.map((v) => [
      ...[v.left, v.right, v.winner],
      ...scales.map(([side, one]) => v.likert?.[side]?.[one] ?? null),
      ...[v.model, v.prompt, v.seed, v.tokens],
    ]),
  ]);
}

/** @param {[number, number | null, number | null, number] | null} mean */
function scaleCell(mean) {
  if (!mean) return NOTHING;
  const [value, low, high, n] = mean;
  return low === null
    ? `${fixed(value, 2)} (${n})`
    : `${fixed(value, 2)} [${fixed(low, 2)}, ${fixed(high, 2)}] (${n})`;
}

/** @param {any[]} rows @returns {Node[]} */
function tallied(rows) {
  if (!rows.length) return [make("p", "say", t("No judgement yet."))];
  return [
    tableOf(
      [
        ...[t("strategy"), t("won"), t("lost"), t("no difference"), t("share won [95%]")],
        ...SCALES.map((one) => say(SCALE_NAMES[one])),
      ],
      rows.map((r) => [
        r.name,
        r.won,
        r.lost,
        r.tied,
        r.share === null
          ? NOTHING
          : `${fixed(r.share, 2)} [${fixed(r.low, 2)}, ${fixed(r.high, 2)}]`,
        ...SCALES.map((one) => scaleCell(r[one])),
      ]),
    ),
    note(
      t(
        "Share won: of the comparisons that were decided, Wilson’s interval. Scales: mean [95%] (how many). Judgements of one person on a few texts: intervals count texts, not people.",
      ),
    ),
  ];
}

/** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
export const mount = (element, host) => new PeopleView(element, host);

class PeopleView {
  votes = kept();
  /** @type {any} */
  pool = null; // the texts that are judged
  /** @type {import("./people_pair.js").Shown[]} */
  leftOver = [];
  /** @type {Pair | null} */
  pair = null;
  /** @type {any} */
  tally = null;

  /** @param {HTMLElement} element @param {import("../../core/value.js").Host} host */
  constructor(element, host) {
    const box = /** @type {HTMLElement} */ (element.querySelector(".compare"));
    this.inputs = {
      model: selectInput(host.props.models),
      prompt: area(2),
      tokens: numberInput(1, 1, 200, 1),
      runs: numberInput(1, 1, 10, 1),
      seed: seedInput(),
    };
    this.cards = HIDDEN.map((start) => new Rules(host.props.rules, start));
    this.place = make("div", "compare-pair people-pair");
    this.answers = this.makeAnswers();
    this.count = note("");
    this.count.setAttribute("role", "status");
    this.board = make("section");
    this.stage = make("section");
    this.stage.hidden = true;
    this.stage.append(this.place, this.answers);
    this.runner = new Runner(box, host, {
      label: () => t("Write texts to judge"),
      request: () => this.request(),
      onFrame: (record) => record.table && this.begin(record),
    });
    this.asker = makeAsker(
      (wish) => host.server.tally(wish),
      (found) => this.showTally(found),
    );
    const columns = {
      get: () => this.cards.map((card) => card.request()),
      set: (/** @type {any[]} */ wanted) => wanted.forEach((one, i) => this.cards[i]?.set(one)),
    };
    this.link = new PartLink(box, host, { ...this.inputs, columns }, (recorded) =>
      this.runner.replay(recorded),
    );
    this.runner.row.append(this.link.copy);
    this.arrange(box);
    onLanguage(() => this.speak());
    this.speak();
    this.link.open();
    offerView("compare", () => this.onView(box));
  }

  /** The pair on view as a question to a class, blind. @param {HTMLElement} box */
  onView(box) {
    const { pair, pool } = this;
    if (!pair || !box.offsetParent) return null;
    const [left, right] = pair.shown;
    const question = () => ({
      ...{ kind: "pair", text: "", left: left.text, right: right.text },
      names: { left: left.name, right: right.name },
    });
    return { text: pool.prompt, questions: [{ label: t("Which text is better?"), question }] };
  }

  makeAnswers() {
    return rowOf(
      press(
        () => t("Left is better"),
        null,
        () => this.vote("left"),
      ),
      press(
        () => t("No difference"),
        null,
        () => this.vote("tie"),
      ),
      press(
        () => t("Right is better"),
        null,
        () => this.vote("right"),
      ),
    );
  }

  /** @param {HTMLElement} box */
  arrange(box) {
    const { runner, link } = this,
      results = [this.stage, this.count, this.tools(), this.asker.trouble, this.board];
    arrange(box, [runner.row, ...runner.news, link.message], results, this.fields());
  }

  fields() {
    const { inputs } = this;
    return [
      rowOf(
        field(() => t("model"), inputs.model),
        field(() => t("tokens"), inputs.tokens),
        field(() => t("runs"), inputs.runs),
        field(() => t("seed"), inputs.seed),
      ),
      field(() => t("prompt"), inputs.prompt, null, "compare-wide"),
      spoken("h2", "", () => t("The four that will be hidden")),
      this.ways(),
    ];
  }

  ways() {
    const ways = make("div", "people-ways");
    for (const { preset, more } of this.cards) {
      const part = make("div");
      part.append(preset, more);
      ways.append(part);
    }
    return ways;
  }

  tools() {
    return rowOf(
      press(
        () => t("Show the tally"),
        () => t("Which strategy won how often; ends the blindness"),
        () => this.asker.go({ votes: this.votes }),
        "plain",
      ),
      press(
        () => t("Export (CSV)"),
        null,
        () => exportVotes(this.votes),
        "plain",
      ),
      press(
        () => t("Forget them"),
        () => t("Deletes all judgements from this browser"),
        () => this.forget(),
        "plain",
      ),
    );
  }

  request() {
    const { model, prompt, tokens, runs, seed } = this.inputs;
    return {
      model: model.value,
      prompt: prompt.value,
      tokens: numberIn(tokens),
      runs: numberIn(runs),
      seed: numberIn(seed),
      columns: this.cards.map((card) => card.request()),
    };
  }

  /** @param {any} pool */
  begin(pool) {
    this.pool = pool;
    this.leftOver = shuffledPairs(pool);
    this.next();
  }

  next() {
    const shown = this.leftOver.pop();
    this.stage.hidden = false;
    this.pair = shown ? new Pair(shown, this.pool.prompt) : null;
    this.answers.hidden = !shown;
    this.showPair();
    this.tell();
    drawn(this.stage);
  }

  showPair() {
    if (this.pair) this.place.replaceChildren(...this.pair.sides);
    else if (this.pool) {
      const last = t(
        "That was the last pair: write new texts with another seed or prompt for more.",
      );
      this.place.replaceChildren(make("p", "say", last));
    }
  }

  /** @param {"left" | "right" | "tie"} winner */
  vote(winner) {
    const { pair, pool } = this;
    if (!pair) return;
    const [left, right] = pair.shown;
    this.keep([
      ...this.votes,
      {
        left: left.name,
        right: right.name,
        winner,
        likert: pair.marks,
        model: pool.model,
        prompt: pool.prompt,
        seed: pool.seed + left.run,
        tokens: pool.tokens,
      },
    ]);
    this.next();
  }

  /** @param {any[]} votes */
  keep(votes) {
    this.votes = votes.slice(-MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.votes));
    } catch {
      announce(t("This browser keeps nothing for this page; export before you leave."));
    }
  }

  forget() {
    const n = this.votes.length;
    if (n && !confirm(nt("Delete {n} judgement?", "Delete {n} judgements?", n))) return;
    this.keep([]);
    this.tally = null;
    this.board.replaceChildren();
    this.tell();
  }

  tell() {
    const left = this.leftOver.length + (this.pair ? 1 : 0),
      kept = this.votes.length;
    this.count.textContent = [
      nt("{n} pair left", "{n} pairs left", left),
      nt("{n} judgement kept in this browser", "{n} judgements kept in this browser", kept),
    ].join(" · ");
  }

  /** @param {any} found */
  showTally(found) {
    this.tally = found;
    this.board.replaceChildren(...tallied(found.rows));
  }

  speak() {
    this.cards.forEach(({ preset }, i) =>
      preset.setAttribute("aria-label", t("Hidden strategy {place}", { place: i + 1 })),
    );
    if (!this.pair) this.showPair();
    if (this.tally) this.showTally(this.tally);
    this.tell();
  }
}
