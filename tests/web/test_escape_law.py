"""The Escape page's mathematics in the browser says what the package says: chances, T_c, and the
same sentence."""

import itertools
import math

import numpy as np
import pytest

from playground.backend import get_backend
from playground.decoding import DecodingSettings, escape, escape_curves
from playground.pages.escape.calculator import calculate
from playground.pages.escape.fields import FIELDS
from playground.pages.escape.recorded import recorded

LAW = "views/escape/law.js"
SETTINGS = [
    {"delta_e": d, "temperature": temperature, "rivals": n, "top_p": p, **rules}
    for d, temperature, n, p in itertools.product(
        [-1.0, 0.0, 2.0, 5.0], [0.0, 0.5, 1.0, 3.0], [1, 3, 1000], [0.3, 0.5, 0.9, 1.0]
    )
    for rules in (
        {},
        {"min_p": 0.1},
        {"top_k": 1},
        {"top_k": 2},
        {"top_k": 2, "order": "llama.cpp"},
        {"min_p": 0.1, "order": "llama.cpp"},
        {"top_k": 40, "min_p": 0.02},
    )
]


def full(settings):
    return {name: row.default for name, row in FIELDS.items()} | settings


def test_chances_and_critical_temperatures_of_equal_rivals_are_those_of_the_package(module):
    act = """({lawOf, criticalOf, ownPlace, penalisedBarrier}, all) => all.map((settings) => {
      const place = ownPlace(penalisedBarrier(settings), settings.rivals), critical = criticalOf(place, settings);
      return [lawOf(place, settings).chance, Number.isFinite(critical) ? critical : null];
    })"""
    asked = [full(each) for each in SETTINGS]
    found = module(LAW, act, asked)
    for settings, (chance, critical) in zip(asked, found, strict=True):
        record = calculate(settings)
        assert chance == pytest.approx(record["escape"], rel=1e-9, abs=1e-15), settings
        assert critical == pytest.approx(record["critical"]) if critical else not record["critical"]


def test_the_sentence_of_the_page_is_that_of_the_endpoint(module):
    act = """async ({verdictOf}, all, load) => {
      const {lawOf, criticalOf, openingOf, ownPlace, penalisedBarrier} = await load("views/escape/law.js");
      return all.map((settings) => {
        const place = ownPlace(penalisedBarrier(settings), settings.rivals);
        return verdictOf({settings, place, law: lawOf(place, settings), critical: criticalOf(place, settings),
          opening: openingOf(place, settings), word: ""});
      });
    }"""
    asked = [
        each
        for each in map(full, SETTINGS)
        if calculate(each)["escape"] in (0, 1) or 1e-3 < calculate(each)["escape"] < 0.999
    ]
    found = module("views/escape/sentences.js", act, asked)
    for settings, sentence in zip(asked, found, strict=True):
        assert sentence == str(calculate(settings)["sentence"]), settings


@pytest.fixture(scope="module")
def rows():
    """The shipped model's own logits at each token of the recorded loop: (token ids, (n, V)
    float64)."""
    loop = recorded()
    with get_backend().causal(loop["model"]) as model:
        cycle = escape.find_cycle(model, model.encode(loop["prompt"]), 220)
        lap = cycle.continuation(cycle.loop.period)
        ids = [*cycle.ids, *lap]
        along = np.asarray(model.logits_along(ids[:-1]), np.float32)[len(cycle.ids) - 1 :]
    return lap, along


def test_the_recorded_loop_has_the_chances_of_the_shipped_model_at_every_temperature(module, rows):
    act = """({lawOf, recordedPlace}, [places, all]) => places.map((record) => {
      const place = recordedPlace(record);
      return all.map((rules) => lawOf(place, rules).chance);
    })"""
    rules = [
        {"temperature": temperature, "top_p": p, "min_p": m, "top_k": k, "order": "transformers"}
        for temperature in (0.3, 0.6, 0.9, 1.0, 1.5, 2.0)
        for p, m, k in ((1, 0, 0), (0.95, 0, 0), (0.8, 0, 0), (1, 0.05, 0), (1, 0, 10))
    ]
    found = module(LAW, act, [recorded()["places"], rules])
    for token, logits, chances in zip(*rows, found, strict=True):
        for settings, chance in zip(rules, chances, strict=True):
            wanted = escape.chain_escape_probability(
                logits, DecodingSettings(**settings), [], 0, token
            )
            # a crossing top-p cuts whole tokens out of a bin of nearly equal ones
            assert chance == pytest.approx(wanted, rel=2e-3, abs=2e-5), (token, settings)


def test_the_recorded_loop_opens_where_the_whole_vocabulary_says(module, rows):
    act = """({criticalOf, openingOf, recordedPlace}, [places, rules]) => places.map((record) => {
      const place = recordedPlace(record);
      return [criticalOf(place, rules), openingOf(place, rules)];
    })"""
    rules = {"temperature": 1, "top_p": 0.9, "min_p": 0, "top_k": 0, "order": "transformers"}
    for (critical, opening), token, logits in zip(
        module(LAW, act, [recorded()["places"], rules]), *rows, strict=True
    ):
        facts = escape.cycle_barriers(logits[None], [token], 0.9)[0]
        assert critical == pytest.approx(facts["critical_temperature"], abs=1e-4)
        assert opening == pytest.approx(critical, abs=1e-6)


def test_draws_leave_as_often_as_their_chance_and_take_each_way_by_its_share(module):
    act = """async ({drawOf, uniformAt}, [record, rules, count], load) => {
      const {lawOf, recordedPlace} = await load("views/escape/law.js");
      const place = recordedPlace(record), law = lawOf(place, rules), ways = {};
      let out = 0, highest = 0;
      for (let step = 0; step < count; step++) {
        const draw = drawOf(place, law, uniformAt(0, step));
        if (draw.leaves) { out++; ways[draw.way.text] = (ways[draw.way.text] ?? 0) + 1; }
        else highest = Math.max(highest, draw.climb);
      }
      const shares = {};
      place.rows.forEach((row, i) => { shares[row.text] = (shares[row.text] ?? 0) + law.kept[i] * law.weights[i] / law.left; });
      return [out / count, law.chance, ways, shares, highest, uniformAt(3, 7) === uniformAt(3, 7), uniformAt(3, 7) !== uniformAt(3, 8)];
    }"""
    loop = recorded()
    rules = {"temperature": 1.2, "top_p": 0.9, "min_p": 0, "top_k": 0, "order": "transformers"}
    n = 40_000
    share, chance, ways, shares, highest, same, other = module(
        "views/escape/draws.js", act, [loop["places"][loop["start"]], rules, n]
    )
    assert share == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / n))
    for text, count in ways.items():
        assert count / n == pytest.approx(shares[text], abs=5 * math.sqrt(shares[text] / n) + 1e-4)
    assert 0.9 < highest < 1 and same and other  # a near miss nearly reaches the rim


def test_no_escape_is_drawn_under_a_closed_lid_and_a_hot_draw_hits_it(module):
    act = """async ({drawOf}, all, load) => {
      const {lawOf, ownPlace} = await load("views/escape/law.js");
      const place = ownPlace(2, 3), law = lawOf(place, {temperature: 0.5, top_p: 0.9, min_p: 0, top_k: 0, order: "transformers"});
      return all.map((u) => drawOf(place, law, u));
    }"""
    draws = module("views/escape/draws.js", act, [0.0, 0.01, 0.3, 0.999])
    assert [draw["leaves"] for draw in draws] == [False] * 4
    assert [draw["hits"] for draw in draws] == [True, True, False, False]


def test_the_curve_stands_at_zero_up_to_the_border_and_above_it_behind(module):
    act = """async ({curvesOf}, rules, load) => {
      const {ownPlace} = await load("views/escape/law.js");
      return curvesOf(ownPlace(3, 4), rules);
    }"""
    rules = {"temperature": 0.5, "top_p": 0.9, "min_p": 0, "top_k": 0, "order": "transformers"}
    curves = module("views/escape/curves.js", act, rules)
    grid, line = np.array(curves["temperatures"]), np.array(curves["lines"]["top_p"])
    assert np.all(line[grid < curves["critical"] * 0.9999] == 0)
    assert line[grid > curves["critical"] * 1.0001].min() > 0
    assert curves["end"] == 2 and curves["opening"] == pytest.approx(curves["critical"])
    exact = escape_curves.escape_curve(3.0, grid, 4)
    assert np.allclose(curves["lines"]["exact"], exact, rtol=1e-9)


def test_t_c_against_top_p_passes_through_the_formula_and_never_below_zero(module):
    act = """async ({byTopP}, n, load) => {
      const {ownPlace} = await load("views/escape/law.js");
      return byTopP(ownPlace(2, n));
    }"""
    for rivals in (1, 5, 1000):
        line = module("views/escape/curves.js", act, rivals)
        assert min(line["y"]) >= 0 and line["pole"] == pytest.approx(1 / (rivals + 1))
        wanted = escape.critical_temperature(2.0, 0.9, rivals)
        assert np.interp(0.9, line["x"], line["y"]) == pytest.approx(wanted, abs=0.01)


def test_the_theory_names_the_rule_that_forbids(module):
    act = """async ({verdictsOf}, settings, load) => {
      const {lawOf, criticalOf, openingOf, ownPlace} = await load("views/escape/law.js");
      const place = ownPlace(settings.delta_e, settings.rivals);
      return verdictsOf({settings, place, law: lawOf(place, settings), critical: criticalOf(place, settings),
        opening: openingOf(place, settings), word: ""}).map(({rule, verdict}) => [rule, verdict]);
    }"""
    settings = full(
        {"delta_e": 2, "rivals": 1, "temperature": 0.5, "top_p": 0.9, "min_p": 0.001, "top_k": 2}
    )
    assert dict(module("views/escape/theory.js", act, settings)) == {
        "temperature": "allows",
        "top-k": "allows",
        "top-p": "forbids",
        "min-p": "allows",
    }
