"""Nothing of a step's answer stands on the stage before it is revealed: neither its words and
marks, nor a number that is to be guessed. And every step, with its answer, is one screen of 1280 by
800 pixels."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from playground.i18n import LANGUAGES
from playground.pages.lessons.lesson import read_lessons

STAGE = "#lesson-stage"

LEAKS = """async (truths) => {
  const stage = document.querySelector('#lesson-stage'), leaks = [], cut = [];
  const rest = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const count = Number(stage.querySelector('.stage-kicker').textContent.match(/(\\d+)\\D+(\\d+)/)[2]);
  const until = async (test) => { for (let k = 0; k < 600 && !test(); k++) await rest(); return test(); };
  // A number that a lesson says itself may be the answer of another step, and a short one stands on an axis anyway: three digits count.
  const numbersOf = (scene) => {
    const heading = scene.querySelector('.stage-head').textContent, found = [];
    const said = [...scene.querySelectorAll('*')].flatMap((one) => [
      ...[...one.attributes].filter(({name}) => /^(aria-|title|value)/.test(name)).map(({value}) => value),
      ...[...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent),
      one.matches('input') ? one.value : '']);
    for (const text of said) for (const [number] of text.matchAll(/\\d*[.,]\\d+/g)) {
      const digits = number.split(/[.,]/)[1].length, value = Number(number.replace(',', '.'));
      if (number.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '').length >= 3 && !heading.includes(number)) found.push({text: number, value, digits});
    }
    return found;
  };
  for (let at = 1; at <= count; at++) {
    location.hash = '#' + at;
    await until(() => stage.querySelector('.stage-kicker').textContent.match(/\\d+/)?.[0] === String(at) && !stage.querySelector('.stage-waits'));
    const hidden = stage.innerHTML, numbers = numbersOf(stage.querySelector('.stage-scene'));
    const labels = new Set([...stage.querySelectorAll('.axes-rule-label')].map((one) => one.textContent));
    if (stage.querySelector('.revealed, .stage-why, .true, .stage-verdict')) leaks.push(at + ' shows the truth');
    [...stage.querySelectorAll('.stage-bar button')].find((one) => one.classList.contains('stage-reveal')).click();
    if (!await until(() => stage.querySelector('.stage-why'))) { leaks.push(at + ' has no answer'); continue; }
    await rest();
    const beyond = document.documentElement.scrollHeight - innerHeight;
    if (beyond > 1) cut.push(at + ' is ' + beyond + ' px too high');
    const answer = stage.querySelector('.stage-why').innerHTML;
    for (const truth of truths[at - 1])
      for (const {text, value, digits} of numbers)
        if (Math.abs(value - truth) <= 0.5 * 10 ** -digits + 1e-12) leaks.push(at + ' shows ' + text + ', its answer');
    if (hidden.includes(answer)) leaks.push(at + ' has its answer in the page');
    if (!stage.querySelector('.stage-figure').children.length) leaks.push(at + ' draws nothing');
    for (const one of stage.querySelectorAll('.asks-mark .axes-rule-label'))
      if (!/^(you|du|tú|你|T = )/.test(one.textContent) && labels.has(one.textContent)) leaks.push(at + ' has ' + one.textContent);
  }
  return {leaks, cut};
}"""


def numbers_to_guess(step) -> list[float]:
    """The numbers that are the answer of a step."""
    kind, truth = step.predict["kind"], step.predict["truth"]
    if kind in ("number", "mark"):
        return [truth]
    return list(truth) if kind == "drag" else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_step_of_any_lesson_shows_its_answer_before_it_is_revealed_nor_is_cut_off_then(
    page, open_page, language
):
    """Every step of every lesson is opened, its page kept, and revealed: neither answer nor marks
    of the truth stood there. One page is turned from lesson to lesson, as a visitor turns it."""
    page.set_viewport_size({"width": 1280, "height": 800})
    first, *others = read_lessons(language)
    open_page("lessons", lesson=first.slug, lang=language)
    kicker, faults = page.locator(f"{STAGE} .stage-kicker"), {}
    for lesson in (first, *others):
        if lesson is not first:
            page.locator(f"{STAGE} .stage-bar select").select_option(f"lesson:{lesson.slug}")
        expect(kicker).to_contain_text(lesson.title)
        truths = [numbers_to_guess(step) for step in lesson.steps]
        found = page.evaluate(LEAKS, truths)
        if found != {"leaks": [], "cut": []}:
            faults[lesson.slug] = found
    assert faults == {}


def test_a_number_that_is_the_answer_would_be_noticed(page, open_page):
    """The same step, saying that its answer is a number which it shows."""
    lesson = next(one for one in read_lessons() if one.slug == "learning-from-a-reward")
    open_page("lessons", lesson=lesson.slug)
    page.locator(f"{STAGE} .stage-kicker").wait_for()
    truths = [[] for _ in lesson.steps]
    truths[2] = [lesson.steps[2].figure["rows"][1]["value"]]
    assert page.evaluate(LEAKS, truths)["leaks"] == ["3 shows 0.417, its answer"]
