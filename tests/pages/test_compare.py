"""Strategies side by side: what a batch of texts writes, what the table says of them, what a
request may hold."""

import gradio as gr
import numpy as np
import pytest

from playground.decoding import DecodingSettings, beam_search, generate
from playground.decoding.together import Together
from playground.metrics import distinct_n, jackknife_interval, perplexity
from playground.pages import run
from playground.pages.compare import beams, strategies, stream, sweep, teacher_forcing
from playground.pages.compare.batch_writers import BeamLane, SampledLane, rounds
from playground.pages.compare.endpoints import compare_texts
from playground.pages.compare.strategies import Comparison, aligned, column_of, compare, row_of
from tests.doubles import RandomCausalModel
from tests.pages.doubles import DoubleBackend, WordModel

COLUMNS = [
    {"kind": "greedy"},
    {"kind": "sampling", "temperature": 0.8},
    {"kind": "sampling", "top_p": 0.7, "repetition_penalty": 1.3},
    {"kind": "beam", "beams": 3},
]


def wish(**more):
    return Comparison.read(
        {
            "model": "double",
            "prompt": "The fox ran",
            "columns": COLUMNS,
            "tokens": 9,
            "runs": 4,
            "seed": 5,
            **more,
        }
    )


def last(frames):
    return [frame for frame in frames if frame.get("done")][-1]


def test_texts_written_together_are_those_written_alone():
    model, prompt = RandomCausalModel(40, seed=2, eos_id=7, context_length=16), [3, 4, 5]
    rules = [
        DecodingSettings(seed=1, max_new_tokens=20),
        DecodingSettings(do_sample=False, max_new_tokens=6),
        DecodingSettings(seed=9, top_k=4, max_new_tokens=8),
        DecodingSettings(seed=2, mirostat_tau=3.0, max_new_tokens=8),
    ]
    lanes = [SampledLane(model, prompt, one) for one in rules]
    beams = BeamLane(
        model, prompt, DecodingSettings(max_new_tokens=8, repetition_penalty=1.2), 3, 0.5
    )
    together = Together([model, model, model, model])
    for _ in rounds(together, [*lanes, beams]):
        pass
    for lane, settings in zip(lanes, rules, strict=True):
        alone = list(generate(model, prompt, settings))
        assert lane.ids == [step.token_id for step in alone] and lane.finish == alone[-1].finish
        assert lane.surprisals == [step.surprisal for step in alone]
    alone = beam_search(
        model,
        prompt,
        3,
        8,
        0.5,
        settings=DecodingSettings(max_new_tokens=8, repetition_penalty=1.2),
    )
    assert beams.result == alone and beams.ids == alone[0][0]


def test_a_round_is_one_batch_for_all_columns():
    calls = []

    class Batched(RandomCausalModel):
        def next_logits_batch(self, contexts):
            calls.append(len(contexts))
            return [self.next_logits(context) for context in contexts]

    model = Batched(40, seed=4)
    lanes = [SampledLane(model, [1], DecodingSettings(seed=s, max_new_tokens=5)) for s in range(4)]
    beams = BeamLane(model, [1], DecodingSettings(max_new_tokens=5), 2, 1.0)
    assert len(list(rounds(model, [*lanes, beams]))) == 5
    assert (
        len(calls) == 4 and max(calls) == 6
    )  # the first round has one context, the prompt, which is asked once


def test_stopping_ends_the_beam_search_too():
    model = RandomCausalModel(40)
    beams = BeamLane(model, [1], DecodingSettings(max_new_tokens=50), 2, 1.0)
    stream = rounds(model, [beams])
    next(stream)
    stream.close()
    assert beams.finish == "stopped" and beams.result is None


def test_the_same_seed_gives_the_same_table():
    first, again, other = (last(compare(DoubleBackend(), wish(seed=seed))) for seed in (5, 5, 6))
    assert first["table"] == again["table"] and first["texts"] == again["texts"]
    assert (
        first["table"][1] != other["table"][1] and first["table"][0] == other["table"][0]
    )  # greedy knows no seed


def test_the_last_bits_of_a_batch_do_not_reach_the_table():
    class Company(WordModel):
        """Logits whose last bits depend on how many were asked before, as those of a shared batch
        depend on the company."""

        def next_logits(self, ids):
            row = super().next_logits(ids)
            return row * (1 + 1e-7 * (len(self.calls) % 5))

    class Crowded(DoubleBackend):
        def causal(self, name):
            return Company(self.words, self.calls)

    backend = Crowded()
    first = last(compare(backend, wish()))
    backend.calls.append(0)
    again = last(compare(backend, wish()))
    assert first["texts"] == again["texts"] and first["table"] == again["table"]
    assert first["table"] == last(compare(DoubleBackend(), wish()))["table"]


def test_another_model_scores_the_text_as_it_stands_behind_the_prompt():
    class Letters(WordModel):
        """A judge whose tokens are letters."""

        def encode(self, text):
            return [ord(letter) % self.vocab_size for letter in text]

    class Judged(DoubleBackend):
        def causal(self, name):
            return Letters(self.words) if name == "judge" else super().causal("double")

        def status(self, name):
            return super().status("double")

    frame = last(compare(Judged(), wish(scorer="judge")))
    judge = Letters(Judged().words)
    for column in (0, 1):
        chances = []
        for text in frame["texts"][column]:
            ids, start = judge.encode("The fox ran" + text), len("The fox ran")
            rows = judge.logits_along(ids[:-1]).double().softmax(-1)
            chances += [float(rows[place - 1][ids[place]]) for place in range(start, len(ids))]
        assert frame["table"][column]["perplexity"][0] == float(f"{perplexity(chances):.5g}")
    assert (
        frame["scorer"] == "judge"
        and frame["table"][0]["perplexity"]
        != last(compare(Judged(), wish()))["table"][0]["perplexity"]
    )


def test_the_table_is_computed_from_the_texts():
    frame = last(compare(DoubleBackend(), wish()))
    row = frame["table"][1]
    assert len(frame["texts"][1]) == 4 and row["texts"] == 4 and row["runs"] == 4
    assert row["distinct2"][0] == distinct_n(frame["texts"][1], 2)
    assert all(row[name][1] <= row[name][0] <= row[name][2] for name in ("distinct1", "perplexity"))
    greedy = frame["table"][0]
    assert (
        greedy["deterministic"]
        and greedy["texts"] == 1
        and greedy["distinct1"][0] == distinct_n(frame["texts"][0] * 4, 1)
    )
    assert greedy["self_bleu"][1] == greedy["self_bleu"][2]
    model = DoubleBackend().causal("double")
    prompt = model.encode("The fox ran")
    steps = list(generate(model, prompt, DecodingSettings(do_sample=False, max_new_tokens=9)))
    assert greedy["perplexity"][0] == float(
        f"{perplexity([step.raw_probability for step in steps]):.5g}"
    )


def test_a_beam_text_is_scored_by_the_model_itself():
    frame = last(compare(DoubleBackend(), wish()))
    model = DoubleBackend().causal("double")
    prompt = model.encode("The fox ran")
    ids = beam_search(model, prompt, 3, 9)[0][0]
    logits = model.logits_along(prompt + ids).double()
    chances = [
        float(logits[len(prompt) - 1 + place].softmax(-1)[token]) for place, token in enumerate(ids)
    ]
    assert frame["table"][3]["perplexity"][0] == float(f"{perplexity(chances):.5g}")


def test_loops_are_found_and_counted():
    column = column_of({"kind": "sampling"}, 0, 12, 0)
    row = row_of(
        column,
        [[1, 2, 3] * 4, list(range(12))],
        ["a b c " * 4, "other words"],
        [(1.0, 12), (2.0, 12)],
        2,
    )
    assert row["loops"][:2] == [1, 2] and row["periods"] == [{"period": 3, "start": 0}, None]


def test_columns_are_cut_at_the_first_token_that_differs():
    model = DoubleBackend().causal("double")
    cut = aligned(model, [[0, 1, 2, 3], [0, 1, 4, 5], [0, 1, 2, 6]])
    assert cut == {
        "common": "The fox",
        "tokens": 2,
        "rests": [" ran and", " the dog", " ran slept"],
    }
    halves = type(
        "Halves", (), {"decode": staticmethod(lambda ids: bytes(ids).decode(errors="replace"))}
    )
    assert aligned(halves, [[97, 195, 169], [97, 195, 164]]) == {
        "common": "a",
        "tokens": 1,
        "rests": ["é", "ä"],
    }  # never half a character
    assert aligned(model, [[0, 1]]) == {"common": "", "tokens": 0, "rests": ["The fox"]}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tokens": 0}, r"tokens must be a whole number in \[1, 200\], got 0"),
        ({"runs": 11}, r"runs must be a whole number in \[1, 10\], got 11"),
        ({"columns": []}, "columns must be a list of 1 to 6 columns, got 0"),
        ({"columns": [{"kind": "magic"}]}, r"columns\[0\].kind must be one of greedy"),
        (
            {"columns": [{"top_p": 1.5}]},
            r"columns\[0\]: top_p must be a number in \[0, 1\] \(1 turns it off\), got 1.5",
        ),
        (
            {"columns": [{"kind": "beam", "beams": 9}]},
            r"beams must be a whole number in \[1, 8\], got 9",
        ),
        ({"columns": [{"warmth": 1}]}, "warmth is not a decoding setting"),
        ({"prompt": " "}, "prompt must hold at least 1 word"),
        ({"seed": -1}, r"seed must be .*got -1"),
        ({"prompt": "x" * 5000}, "at most 4,000 characters, got 5,000"),
        ({"runs": float("nan")}, "runs must be a whole number"),
        ({"columns": [{"temperature": None, "top_k": "9"}]}, "top_k must be"),
    ],
)
def test_bad_requests_get_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        wish(**change)


def test_the_endpoint_answers_with_plain_data_and_names_what_is_wrong():
    answer = compare_texts(DoubleBackend(), "double", "The fox", COLUMNS[:2], tokens=4, runs=2)
    assert len(answer["texts"]) == 2 and [row["name"] for row in answer["table"]] == [
        "greedy",
        "T 0.8",
    ]
    with pytest.raises(gr.Error, match=r"runs must be a whole number in \[1, 10\], got 99"):
        compare_texts(DoubleBackend(), "double", "The fox", COLUMNS, runs=99)
    with pytest.raises(gr.Error, match="model must be one of double, got 'nobody'"):
        compare_texts(DoubleBackend(), "nobody", "The fox", COLUMNS)


def count(backend):
    return backend.runs.telemetry.registry.get_sample_value(
        "playground_tokens_total", {"page": "compare", "model": "other"}
    )


@pytest.mark.parametrize(
    "part",
    [strategies, beams, sweep, teacher_forcing],
    ids=lambda part: part.__name__.rpartition(".")[2],
)
def test_the_host_is_told_of_tokens_and_not_of_frames(part):
    backend = DoubleBackend()
    asked = {
        "model": "double",
        "prompt": "The fox ran",
        "text": "The fox ran and slept very old",
        "from": 3,
        "columns": COLUMNS,
        "tokens": 9,
        "runs": 3,
        "seeds": 2,
        "samples": 3,
        "beams": 2,
        "grid": {"temperature": [0.5, 1]},
    }
    sent = list(
        run.stream(
            backend,
            None,
            {"run": "counted", **asked},
            "compare",
            lambda asked, handle: stream.messages(part.run(backend, asked)),
            **stream.kind_of_run(),
        )
    )
    assert sent[-1]["kind"] == "end"
    wanted = {
        strategies: 9 * (1 + 3 + 3 + 1),
        beams: 9 + 3 * 9,
        sweep: 2 * 2 * 9,
        teacher_forcing: 4,
    }  # nothing ends these texts early
    assert count(backend) == wanted[part]


def test_the_endpoint_counts_tokens_too():
    backend = DoubleBackend()
    compare_texts(backend, "double", "The fox", COLUMNS[:2], tokens=4, runs=2)
    assert count(backend) == 4 + 2 * 4


def test_the_jackknife_of_a_mean_is_the_usual_interval():
    from scipy import stats

    values = np.random.default_rng(3).normal(size=10)
    low, high = jackknife_interval(list(values), np.mean)
    want = stats.t.interval(0.95, 9, loc=values.mean(), scale=stats.sem(values))
    assert np.allclose((low, high), want)
    with pytest.raises(ValueError, match="at least two"):
        jackknife_interval([1.0], np.mean)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"model": "gpt2", "models": ["x"]}, "gpt2"),
        ({"models": ["smollm2-135m", "gpt2"]}, "smollm2-135m"),
        ({}, "fairy-causal"),
        ({"models": 3}, "fairy-causal"),
    ],
)
def test_a_run_is_logged_under_a_model_that_it_has(asked, name):
    assert stream.model_of(asked, "fairy-causal") == name
