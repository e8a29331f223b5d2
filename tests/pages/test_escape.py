"""The Escape page's records and its endpoint, without a browser."""

import json
import math

import numpy as np
import pytest

from playground.decoding import DecodingSettings
from playground.pages import escape as page
from playground.pages.escape import answers, record
from playground.pages.escape.calculator import calculate
from playground.pages.escape.fields import FIELDS, LOOPING, OWN
from playground.pages.escape.links import source_of
from playground.pages.escape.live import experiment_messages
from playground.pages.escape.logits import Distribution, analyse
from playground.pages.escape.loop import drift
from playground.pages.escape.recorded import recorded
from playground.pages.escape.table import read_table
from tests.doubles import MarkovCausalModel


def test_the_worked_example_of_two_tokens():
    record = calculate({"delta_e": 5.0, "temperature": 1.0, "top_p": 0.9, "rivals": 1})
    assert record["critical"] == pytest.approx(5 / math.log(9))
    assert record["escape"] == 0
    assert "exactly 0" in record["sentence"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rivals": 1, "top_p": 0.5}, "No temperature escapes"),
        ({"rivals": 1, "top_p": 0.4}, "No temperature escapes"),
        ({"delta_e": -1.0}, "no loop to escape from"),
        ({"temperature": 0.0}, "likeliest token is always taken"),
        ({"order": "llama.cpp"}, "no T_c"),
    ],
)
def test_what_has_no_critical_temperature_is_answered_in_words(settings, words):
    record = calculate(settings)
    assert words in record["sentence"].replace("**", "")
    assert record["critical"] is None or settings.get("temperature") == 0.0
    json.dumps(record, allow_nan=False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("delta_e", "a"),
        ("top_p", 1.5),
        ("temperature", -1),
        ("rivals", 0),
        ("visits", 2.5),
        ("min_p", math.nan),
        ("order", "x"),
    ],
)
def test_a_bad_value_is_named_with_its_range(field, value):
    with pytest.raises(ValueError, match=f"^{field} must be"):
        calculate({field: value})


def test_a_pasted_table_is_read_by_its_last_column():
    names, values = read_table("new york: 3\n<b>x</b>\t-1.5\n7\n")
    assert names == ["new york", "<b>x</b>", "#3"] and values.tolist() == [3, -1.5, 7]
    assert read_table("3, 2, 1")[1].tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    "table", ["", "cat ten\ndog 3", "cat 1", "a nan\nb 1", "a -inf\nb -inf\nc 2"]
)
def test_a_table_that_cannot_be_read_says_why(table):
    with pytest.raises(ValueError, match="logits"):
        read_table(table)


def from_logits(logits, **settings):
    return Distribution(
        np.asarray(logits, np.float32),
        lambda i: f"t{i}",
        "test",
        DecodingSettings(**settings),
        [],
        0,
    )


def test_the_whole_vocabulary_moves_the_critical_temperature():
    read = analyse(from_logits([5.0] + [0.0] * 1000), top_p=0.9)
    assert read["solved"] == pytest.approx(0.549, abs=1e-3)  # the vector of 1,000 rivals
    assert read["naive"] == pytest.approx(5 / math.log(9))
    with_top_k = analyse(from_logits([5.0, *np.linspace(0, -1e-3, 1000)], top_k=50), top_p=0.9)
    assert with_top_k["solved"] == pytest.approx(
        0.821, abs=2e-3
    )  # top-k 50 acts first and shifts it


def test_just_below_one_token_is_left_and_just_above_more():
    below, above = analyse(from_logits([3.0, 1, 0.5, 0]))["sides"]
    assert [row["final"] > 0 for row in below["rows"]] == [True, False, False, False]
    assert sum(row["final"] > 0 for row in above["rows"]) >= 2


def test_a_loop_token_that_is_not_the_likeliest_has_no_critical_temperature():
    read = analyse(from_logits([3.0, 1, 0.5]), loop=1)
    assert read["solved"] is None and "not the likeliest" in read["sentence"]


def test_stars_in_a_token_never_become_bold():
    found = Distribution(
        np.array([1, 3], np.float32), ["a", "**b**"].__getitem__, "test", DecodingSettings(), [], 0
    )
    assert "**b" not in analyse(found, loop=1, top_p=0.3)["sentence"]


def test_penalties_act_before_temperature_so_every_figure_speaks_of_the_penalised_distribution():
    found = from_logits([10, 9.5, 5, 2, 1], repetition_penalty=1.3, frequency_penalty=0.5)._replace(
        context=[0, 0, 3], prompt_length=1
    )
    read = analyse(found, temperature=0.3)
    # token 0 was seen and generated once: 10/1.3 - .5 = 7.192; token 1 is now the likeliest
    assert read["loop"]["id"] == 1 and read["escape_token"]["id"] == 0
    figures = {name: value for name, value, _ in read["numbers"]}
    assert figures["barrier ΔE"] == pytest.approx(9.5 - (10 / 1.3 - 0.5), abs=1e-5)
    assert figures["P(escape) a visit"] == 0 and "cannot leave" in read["sentence"]
    assert "repetition penalty 1.3, frequency penalty 0.5" in read["source"]
    weights = np.exp(np.array([10 / 1.3 - 0.5, 9.5, 5, 2 / 1.3 - 0.5, 1]) / read["solved"])
    assert weights[1] / weights.sum() == pytest.approx(0.9, abs=1e-4)
    again = analyse(
        found, loop=0, temperature=0.3
    )  # what the raw logits call the likeliest holds nothing
    assert again["solved"] is None and "not the likeliest" in again["sentence"]


def test_the_escape_temperature_of_min_p_belongs_to_the_likeliest_rival_whichever_way_out_is_chosen():
    read = analyse(from_logits([10.0, 8, 5]), escape=2, min_p=0.05)
    figures = {name: value for name, value, _ in read["numbers"]}
    assert figures["barrier ΔE"] == 5 and figures["T_c, min-p"] == pytest.approx(2 / math.log(20))


@pytest.mark.parametrize(
    "rules",
    [{}, {"top_k": 3}, {"top_k": 2, "order": "llama.cpp"}, {"top_k": 4, "repetition_penalty": 1.5}],
)
def test_the_largest_top_p_that_traps_is_the_border_of_the_chain_itself(rules):
    found = from_logits([6.0, 4, 3.5, 3, 2, 1], **rules)._replace(context=[0])
    read = analyse(found, temperature=1.4)
    trap = next(value for name, value, _ in read["numbers"] if name == "largest top-p that traps")
    for share, leaves in ((trap - 1e-4, False), (trap + 1e-4, True)):
        assert (analyse(found, temperature=1.4, top_p=share)["escape"] > 0) is leaves


def test_where_another_rule_holds_the_loop_no_top_p_lets_it_out():
    line = analyse(from_logits([6.0, 4, 3], top_k=1))["numbers"][-1]
    assert line[1] == 1 and "other rules hold it" in line[2]


def test_each_side_of_the_critical_temperature_says_which_rule_cut_how_many():
    below, above = analyse(from_logits([6.0, *np.linspace(3, 2, 20)], top_k=5))["sides"]
    assert (
        below["cuts"] == ["top-k cut 16.", "top-p cut 4."] and above["cuts"][0] == "top-k cut 16."
    )


def frames_of(model, prompt, **asked):
    """The records of the experiment's frames, in their order."""
    return [
        record
        for message in experiment_messages(model, prompt, **asked)
        if message["kind"] == "frame"
        for record in message["frames"]
    ]


def looping_model():
    chain = np.full((6, 6), 0.02)
    for state in range(6):
        chain[state, (state + 1) % 3 if state < 3 else 0] = 0.9
        chain[state, 4] = 0.06  # the best way out is not a token of the loop
    return MarkovCausalModel(chain / chain.sum(axis=1, keepdims=True))


def test_the_experiment_on_a_chain_agrees_with_its_prediction():
    inside = of = 0
    for seed in range(4):  # a 95% interval misses one point in twenty by right
        frames = list(frames_of(looping_model(), "abc", top_p=0.95, runs=100, length=12, seed=seed))
        merged = {key: value for frame in frames for key, value in frame.items()}
        points = [point for group in merged["shares"]["groups"] for point in group["points"]]
        inside += sum(
            point["low"] - 1e-12 <= point["predicted"] <= point["high"] + 1e-12 for point in points
        )
        of += len(points)
        cold = [
            point
            for point in merged["shares"]["groups"][0]["points"]
            if point["temperature"] < merged["barriers"]["cycle_critical"]
        ]
        assert cold and all(point["escaped"] == 0 and point["predicted"] == 0 for point in cold)
    assert inside >= 0.9 * of
    json.dumps(frames, allow_nan=False)


def test_the_predicted_curve_passes_through_the_predicted_points():
    frames = list(frames_of(looping_model(), "abc", top_p=0.95, runs=8, length=9))
    for group in frames[-1]["shares"]["groups"]:
        for point in group["points"]:
            curve = np.interp(
                point["temperature"], group["curve"]["temperatures"], group["curve"]["predicted"]
            )
            assert curve == pytest.approx(point["predicted"], abs=0.05)


def test_frequency_penalty_takes_its_share_at_every_lap_and_repetition_penalty_once():
    visits = next(
        frame["visits"]
        for frame in frames_of(looping_model(), "abc", top_p=0.95, runs=8, length=3)
        if "visits" in frame
    )
    assert visits["frequency"] == pytest.approx(visits["frequency_predicted"])
    assert visits["repetition"] == pytest.approx(visits["repetition_predicted"], abs=1e-5)
    assert len(set(np.round(visits["repetition"], 5))) == 1
    assert np.all(np.diff(visits["frequency"]) < 0)


def test_the_inverted_view_holds_at_the_top_p_whose_escape_temperature_it_is():
    from playground.decoding.escape import trapping_top_p

    merged = {
        key: value
        for frame in frames_of(looping_model(), "abc", top_p=0.95, runs=8, length=6)
        for key, value in frame.items()
    }
    inverted = merged["inverted"]
    temperature, top_p = inverted["at"]
    assert temperature == merged["barriers"]["cycle_critical"] and top_p == 0.95
    assert np.interp(temperature, inverted["temperatures"], inverted["top_p"]) == pytest.approx(
        0.95, abs=0.01
    )
    assert np.all(
        np.diff(inverted["top_p"]) < 0
    )  # the hotter, the smaller the nucleus that still holds
    rows = looping_model().logits_along([0, 1, 2])  # at T = 1 from the chain's own rows
    assert f"top-p = {trapping_top_p(rows, [1, 2, 0], 1.0):.3f}" in inverted["note"]


def test_the_note_on_the_laps_says_what_this_loop_does():
    merged = {
        key: value
        for frame in frames_of(looping_model(), "abc", top_p=0.95, runs=8, length=6)
        for key, value in frame.items()
    }
    assert merged["survival"]["note"].startswith(
        "Every lap has the same barriers."
    )  # a chain forgets how often it went round
    rows = np.log([[0.6, 0.4], [0.7, 0.3], [0.9, 0.1]])
    assert "gets deeper: its lowest barrier is 0.41 in the first lap and 2.20 in lap 3" in drift(
        rows, [0, 0, 0], 1
    )
    assert "gets shallower: its lowest barrier is 2.20" in drift(rows[::-1], [0, 0, 0], 1)


def test_a_text_that_does_not_loop_says_so():
    chain = np.roll(
        np.eye(400), 1, axis=1
    )  # 400 states, each leads to the next: no loop within the search
    last = list(experiment_messages(MarkovCausalModel(chain), "a", top_p=0.9, runs=8, length=8))[-1]
    assert (last["kind"], last["reason"]) == ("end", "no_loop")
    assert "did not fall into a loop" in last["words"]


def test_a_step_sent_here_comes_back_from_its_link():
    state = {
        "model": "fairy-causal",
        "ids": [5, 9, 2],
        "prompt": "x",
        "prompt_length": 2,
        "step": 1,
        "settings": {"top_p": 0.9, "repetition_penalty": 1.2},
    }
    query = page.link_of(state)
    from urllib.parse import parse_qs

    values, problem = page.LINK.decode(
        {name: each[0] for name, each in parse_qs(query[1:]).items()}
    )
    source, words = source_of(values)
    assert not problem and not words
    assert source == {
        "model": "fairy-causal",
        "ids": [5, 9, 2],
        "rules": {"top_p": 0.9, "repetition_penalty": 1.2},
        "given": 2,
    }


def opened(query: str) -> dict:
    return answers.opened({"query": query})


def test_the_address_alone_opens_the_recorded_loop_and_old_links_a_loop_of_their_own():
    loop = recorded()
    alone = opened("?tab=escape")
    assert alone["settings"]["word"] == loop["start"] and not alone["message"]
    assert alone["settings"]["temperature"] == loop["temperature"]
    old = opened("?tab=escape&temperature=1.2")["settings"]
    assert old["word"] == OWN and (old["delta_e"], old["rivals"], old["temperature"]) == (2, 3, 1.2)
    far = opened("?tab=escape&word=20")
    assert far["settings"]["word"] == loop["start"] and "word must be at most 4" in far["message"]
    assert "word must be" in opened("?tab=escape&word=-2")["message"]


@pytest.mark.parametrize("change", [{}, {"delta_e": 5.0}, {"word": 1, "temperature": 0.7}])
def test_settings_come_back_from_their_link(change):
    settings = {name: row.default for name, row in FIELDS.items()} | {"word": OWN} | change
    assert opened(answers.link(settings)["query"])["settings"] == settings


@pytest.mark.parametrize("bad", [None, {"word": 99}, {"top_p": 7}])
def test_a_link_of_what_are_no_settings_is_refused_with_a_sentence(bad):
    with pytest.raises(ValueError, match="must be"):
        answers.link(bad)


def test_the_recorded_loop_is_what_the_shipped_model_gives():
    fresh = record.record(ways=2)  # what is written after a way out is compared with nothing here
    kept = recorded()
    assert {name: fresh[name] for name in ("before", "lap", "start", "vocabulary")} == {
        name: kept[name] for name in ("before", "lap", "start", "vocabulary")
    }
    for new, old in zip(fresh["places"], kept["places"], strict=True):
        assert [text for text, _ in new["rows"][:10]] == [text for text, _ in old["rows"][:10]]
        assert sum(n for _, n in new["bins"]) + len(new["rows"]) == fresh["vocabulary"]


@pytest.mark.parametrize(
    "values",
    [
        {"ids": "1-x"},
        {"ids": "1", "rules": "[]"},
        {"ids": "1", "rules": '{"top_p": 7}'},
        {"ids": "1", "rules": "[" * 1000},
    ],
)
def test_a_hostile_link_gives_a_sentence(values):
    source, words = source_of({"model": "m", "ids": "1", "rules": "", "given": 0} | values)
    assert source is None and "could not be read" in words


def test_the_endpoint_answers_plain_data_and_refuses_by_name():
    import gradio as gr

    answer = page.escape(delta_e=2, temperature=0.8, rivals=1)
    assert (
        answer["critical_temperature"] == pytest.approx(2 / math.log(9)) and answer["escape"] == 0
    )
    assert page.escape(logits=[5.0] + [0.0] * 1000)["critical_temperature"] == pytest.approx(
        0.549, abs=1e-3
    )
    for bad in ({"top_p": 2}, {"temperature": "hot"}, {"logits": "abc"}, {"logits": [1.0]}):
        with pytest.raises(gr.Error, match="must"):
            page.escape(**bad)


@pytest.mark.parametrize("prompt", LOOPING["fairy-causal"])
def test_the_prompts_that_are_said_to_loop_do_loop_on_the_shipped_model(prompt):
    from playground.backend import get_backend
    from playground.decoding.experiment import find_cycle
    from playground.pages.escape.live import SEARCH

    with get_backend().causal("fairy-causal") as model:
        assert find_cycle(model, model.encode(prompt), SEARCH) is not None
