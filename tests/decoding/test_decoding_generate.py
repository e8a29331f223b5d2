"""The generator and its records: reproducible, resumable, exact over the whole vocabulary, ending
for a stated reason."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.decoding import (
    DecodingSettings,
    apply_stages,
    binding_sentence,
    generate,
    recompute,
)
from playground.decoding.generation import CausalModel
from playground.decoding.step import Step, random_numbers
from tests.doubles import MarkovCausalModel, NetworkCausalModel, RandomCausalModel, tiny_network

RULES = DecodingSettings(
    max_new_tokens=12, temperature=0.9, top_p=0.9, repetition_penalty=1.2, seed=7
)


def reason(run):
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def records(model, prompt, rules, **options):
    return [step.record(str) for step in generate(model, prompt, rules, **options)]


def test_doubles_follow_the_protocol():
    assert isinstance(RandomCausalModel(), CausalModel) and isinstance(
        MarkovCausalModel([[1.0]]), CausalModel
    )


def test_same_seed_same_trace_and_another_seed_another():
    model = RandomCausalModel(vocab_size=300)
    assert records(model, [1, 2], RULES) == records(model, [1, 2], RULES)
    assert records(model, [1, 2], RULES) != records(model, [1, 2], RULES.with_changes(seed=8))


@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        RULES.with_changes(xtc_probability=0.5),
        RULES.with_changes(mirostat_tau=4.0),
        RULES.with_changes(do_sample=False),
        RULES.with_changes(order="llama.cpp", top_k=20),
        RULES.with_changes(frequency_penalty=0.4, no_repeat_ngram_size=2),
    ],
)
@pytest.mark.parametrize("size", [60, 5000])
def test_a_step_recomputed_alone_equals_that_step_of_the_run(rules, size):
    model = RandomCausalModel(vocab_size=size)
    text = [3, 1, 4]
    for step in generate(model, [3, 1, 4], rules):
        alone = recompute(model.next_logits(text), text, rules, step.index, 3, state=step.state)
        assert alone.record(str) == {**step.record(str), "finish": None}
        text.append(step.token_id)


def test_a_run_that_goes_on_from_a_prefix_is_the_unbroken_run():
    model, rules = RandomCausalModel(vocab_size=80), RULES.with_changes(mirostat_tau=4.0)
    whole = list(generate(model, [1, 2], rules))
    kept = [step.token_id for step in whole[:5]]
    rest = list(generate(model, [1, 2], rules, prefix=kept, state=whole[4].state_after))
    assert [step.record() for step in rest] == [step.record() for step in whole[5:]]


def test_a_branch_takes_the_clicked_token_and_draws_the_rest():
    model = RandomCausalModel(vocab_size=80)
    steps = list(generate(model, [1, 2], RULES, prefix=[5, 6], forced=[33]))
    assert (
        steps[0].token_id == 33 and steps[0].forced and steps[0].u is None and steps[0].index == 2
    )
    assert not steps[1].forced and steps[1].u == random_numbers(7, 3)[0]
    assert steps[0].record()["token_id"] == 33 and len(steps) == 10


def test_a_forced_token_that_every_rule_cut_has_a_record_too():
    record = Step(
        torch.tensor([5.0, 4.0, -9.0]), [0], DecodingSettings(top_k=1), 0, 1, token_id=2
    ).record()
    assert record["probability"] == 0 and record["rank"] == 3 and record["drawn"] == [1.0, 1.0]
    assert next(row for row in record["rows"] if row["id"] == 2)["cut"] == "top_k"


def test_draws_follow_the_final_distribution():
    model, rules = (
        MarkovCausalModel([[0.1, 0.2, 0.3, 0.4]] * 4),
        DecodingSettings(max_new_tokens=6000, top_p=0.9),
    )
    counts = np.bincount([step.token_id for step in generate(model, [0], rules)], minlength=4)
    assert counts[0] == 0
    np.testing.assert_allclose(counts[1:] / 6000, np.array([0.2, 0.3, 0.4]) / 0.9, atol=0.02)


def test_u_falls_into_the_segment_of_the_drawn_token():
    for step in generate(
        RandomCausalModel(vocab_size=5000),
        [1],
        DecodingSettings(max_new_tokens=30, temperature=1.5),
    ):
        record = step.record()
        assert record["drawn"][0] - 1e-12 <= step.u < record["drawn"][1] + 1e-12


def test_the_cumulative_sum_runs_in_falling_probability_with_ties_lowest_id_first():
    record = Step(np.log(np.float32([0.2, 0.3, 0.2, 0.3])), [0], DecodingSettings(), 0, 1).record()
    assert [part["id"] for part in record["strip"]] == [1, 3, 0, 2]
    assert record["strip"][-1]["end"] == 1.0 and record["strip_rest"] == {
        "count": 0,
        "start": 1.0,
        "end": 1.0,
    }


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_greedy_text_equals_the_library(kind):
    network = tiny_network(kind, 9)
    for prompt in ([5, 6, 7], [30], [1, 2]):
        for extra in ({}, {"repetition_penalty": 1.3}, {"no_repeat_ngram_size": 2}):
            theirs = network.generate(
                torch.tensor([prompt]),
                do_sample=False,
                max_new_tokens=20,
                eos_token_id=None,
                pad_token_id=0,
                **extra,
            )[0, len(prompt) :].tolist()
            rules = DecodingSettings(do_sample=False, max_new_tokens=20, **extra)
            assert [
                step.token_id for step in generate(NetworkCausalModel(network), prompt, rules)
            ] == theirs


# ends


def test_end_of_text():
    chain = MarkovCausalModel([[0, 1, 0], [0, 0, 1], [1, 0, 0]], eos_id=2)
    steps = list(generate(chain, [0], DecodingSettings(max_new_tokens=9)))
    assert (
        [step.token_id for step in steps] == [1, 2]
        and steps[-1].finish == "end_of_text"
        and steps[0].finish is None
    )
    assert len(list(generate(chain, [0], DecodingSettings(max_new_tokens=9), ignore_end=True))) == 9


def test_max_new_tokens_and_stop_and_context():
    chain = MarkovCausalModel([[0.5, 0.5], [0.5, 0.5]])
    assert reason(generate(chain, [0], DecodingSettings(max_new_tokens=3))) == "max_new_tokens"
    asked = iter([False, False, True])
    assert (
        reason(generate(chain, [0], DecodingSettings(), should_stop=lambda: next(asked)))
        == "stopped"
    )
    short = MarkovCausalModel([[0.5, 0.5], [0.5, 0.5]], context_length=4)
    steps = list(generate(short, [0, 1], DecodingSettings(max_new_tokens=9)))
    assert len(steps) == 2 and steps[-1].finish == "context"
    assert reason(generate(short, [0, 1, 0, 1], DecodingSettings())) == "context"


def test_an_empty_prompt_is_named():
    with pytest.raises(ValueError, match="prompt_ids must hold at least 1 token, got 0"):
        next(generate(RandomCausalModel(), [], RULES))


def test_the_network_runs_once_a_token_and_never_for_a_record_or_a_slider():
    model = RandomCausalModel(vocab_size=100)
    steps = list(generate(model, [1], RULES))
    assert model.calls == len(steps) == 12
    for step in steps:
        step.record()
        recompute(step.logits, step.context_ids, RULES.with_changes(top_p=0.3), step.index, 1)
    assert model.calls == 12


def test_released_stages_come_back_the_same():
    step = next(
        generate(RandomCausalModel(vocab_size=100), [1], RULES.with_changes(xtc_probability=0.5))
    )
    before = step.record()
    step.release()
    assert step.record() == before


# records

LOGITS = st.lists(
    st.one_of(st.floats(-20, 20, width=32), st.just(-math.inf), st.sampled_from([0.0, 1.0])),
    min_size=2,
    max_size=60,
).filter(lambda values: max(values) > -math.inf)


@given(LOGITS, st.integers(1, 12), st.integers(0, 6), st.floats(0.05, 1), st.booleans())
@settings(max_examples=150, deadline=None)
def test_rows_and_remainder_are_the_whole_vocabulary(values, top, k, p, sample):
    rules = DecodingSettings(top_k=k, top_p=p, do_sample=sample, repetition_penalty=1.3)
    step = Step(np.float32(values), [0, 1], rules, 3, 1)
    record = step.record(str, top=top)
    rows, rest = record["rows"], record["remainder"]
    assert len(rows) + rest["count"] == len(values) and len({row["id"] for row in rows}) == len(
        rows
    )
    assert sum(row["raw"] for row in rows) + rest["raw"] == pytest.approx(1, abs=1e-9)
    assert sum(row["final"] for row in rows) + rest["final"] == pytest.approx(1, abs=1e-9)
    assert sum(row["cut"] is not None for row in rows) + rest["cut_count"] == len(values) - int(
        step.stages[-1].kept.sum()
    )
    cut_raw = float(step.stages[0].probs.double()[~step.stages[-1].kept].sum())
    assert sum(row["raw"] for row in rows if row["cut"]) + rest["cut_raw"] == pytest.approx(
        cut_raw, abs=1e-6
    )
    assert step.token_id in [row["id"] for row in rows]
    assert min(rest["raw"], rest["final"], rest["cut_raw"], rest["cut_count"]) >= 0
    assert json.loads(json.dumps(record, allow_nan=False)) == record


@pytest.mark.parametrize("size", [50, 9000])
def test_facts_of_the_stages_by_the_definition(size):
    logits = torch.randn(size, generator=torch.Generator().manual_seed(3)) * 3
    rules = DecodingSettings(
        temperature=0.7, top_k=30, top_p=0.8, min_p=0.1, repetition_penalty=1.5
    )
    step = Step(logits, [1, 2, 3], rules, 0, 3)
    facts = step.record()["stages"]
    stages = apply_stages(logits, [1, 2, 3], rules)
    for before, after, fact in zip(stages[:-1], stages[1:], facts[1:], strict=True):
        assert fact["kept"] == int(after.kept.sum()) and fact["removed"] == int(
            before.kept.sum() - after.kept.sum()
        )
        assert fact["removed_mass"] == pytest.approx(
            float(before.probs.double()[~after.kept].sum()), abs=1e-6
        )
        distance = 0.5 * float((before.probs.double() - after.probs.double()).abs().sum())
        assert fact["total_variation"] == pytest.approx(distance, abs=1e-6)
    assert [fact["effect"] for fact in facts][-1] is False  # drawing at random changes nothing


@pytest.mark.parametrize("size", [40, 8000])
def test_scalars_by_the_definition(size):
    logits = torch.randn(size, generator=torch.Generator().manual_seed(4)) * 3
    step = Step(logits, [1], DecodingSettings(top_k=10), 5, 1)
    raw = torch.softmax(logits.double(), -1)
    final = torch.softmax(step.stages[-1].logits.double(), -1)
    assert step.surprisal == pytest.approx(-float(raw[step.token_id].log()), rel=1e-5)
    assert step.raw_probability == pytest.approx(float(raw[step.token_id]), rel=1e-5)
    assert step.probability == pytest.approx(float(final[step.token_id]), rel=1e-5)
    assert step.raw_entropy == pytest.approx(-float((raw * raw.log()).sum()), rel=1e-5)
    assert step.entropy == pytest.approx(-float(torch.special.xlogy(final, final).sum()), rel=1e-5)
    assert step.rank == 1 + int((raw > raw[step.token_id]).sum())


def test_cut_tokens_stay_among_the_rows_with_the_rule_that_cut_them():
    record = Step(
        np.float32([5, 4, 3, 2, 1]), [0], DecodingSettings(top_k=3, min_p=0.3), 0, 1
    ).record()
    assert {row["id"]: row["cut"] for row in record["rows"]} == {
        0: None,
        1: None,
        2: "min_p",
        3: "top_k",
        4: "top_k",
    }


def test_a_token_without_any_probability_has_a_finite_record():
    record = Step(np.float32([0, -500]), [0], DecodingSettings(), 0, 1, token_id=1).record()
    assert record["surprisal"] == pytest.approx(500) and record["raw_probability"] == 0
    impossible = Step(
        np.float32([0, -math.inf]), [0], DecodingSettings(), 0, 1, token_id=1
    ).record()
    assert impossible["surprisal"] is None
    json.dumps(impossible, allow_nan=False)


def test_the_binding_rule_and_its_sentence():
    record = Step(
        np.log(np.float32([0.5, 0.3, 0.15, 0.05])),
        [0],
        DecodingSettings(top_k=3, min_p=0.5, top_p=0.99),
        0,
        1,
    ).record()
    assert record["binding"] == "min_p"
    sentence = binding_sentence(record)
    assert (
        sentence
        == "min_p binds: it removes 1 token and 15.8% of the probability; top_p has no effect at "
        "this step."
    )
    plain = Step(np.float32([1, 0]), [0], DecodingSettings(), 0, 1).record()
    assert plain[
        "binding"
    ] is None and "the network's own distribution decides" in binding_sentence(plain)


def test_random_numbers_depend_on_seed_and_index_alone():
    assert random_numbers(3, 5) == random_numbers(3, 5) != random_numbers(5, 3)
    assert len({random_numbers(0, index)[0] for index in range(1000)}) == 1000
    assert all(
        0 <= number < 1 for index in range(1000) for number in random_numbers(2**63 - 1, index)
    )
