"""Every rule over rows with forbidden tokens, at both ends of each range: a token that lives stays,
and no NaN leaves a stage."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.decoding import DecodingSettings, Step, apply_stages
from playground.decoding.rules import RULES
from playground.decoding.settings import PARAMETERS
from playground.decoding.truncation import logs, xtc

COMPANIONS = {
    "xtc_threshold": {"xtc_probability": 1.0},
    "xtc_probability": {"xtc_threshold": 0.0},
    "dry_base": {"dry_multiplier": 1.0},
    "dry_allowed_length": {"dry_multiplier": 1.0},
    "mirostat_eta": {"mirostat_tau": 3.0},
    "dry_penalty_last_n": {"dry_multiplier": 1.0},
    "dynatemp_exponent": {"dynatemp_range": 1.0},
    "adaptive_decay": {"adaptive_target": 0.3},
}
JUST_INSIDE = {"typical_p": 1e-46, "epsilon_cutoff": 1 - 1e-16, "eta_cutoff": 1 - 1e-16}
JUST_INSIDE |= {"watermark_ratio": 1 - 1e-16}
ROWS = [row for rule in RULES.values() for row in rule.parameters]
FIELDS = [row.name for row in ROWS if row.type in (int, float)]
WORDS = [("logit_bias", "#0=1000"), ("logit_bias", "#1=-1000"), ("banned", "#0"), ("p_less", True)]
MAY_FORBID_ALL = ("no_repeat_ngram_size", "banned")


def ends(name):
    """The smallest and the largest value that the field takes, and values a float can hardly tell
    from them."""
    low, high = PARAMETERS[name].low, PARAMETERS[name].high
    whole = isinstance(getattr(DecodingSettings(), name), int)
    near = [] if whole else [low + 1e-46, low + 1e-7 * (high - low)]
    values = [low, *near, high]
    for value in values:
        try:
            DecodingSettings(**{name: value})
        except ValueError:
            value = JUST_INSIDE[name]
        yield value


# the two named orders, and any other
ORDERS_AND_OTHERS = st.sampled_from(["transformers", "llama.cpp"]) | st.permutations(list(RULES))
EXTREMES = [(name, value) for name in FIELDS for value in ends(name)] + WORDS
logit = st.one_of(
    st.just(-np.inf),
    st.sampled_from([0.0, 1.0, -3e38, 3e38, 1e-40]),
    st.floats(-1e4, 1e4, width=32),
)
rows = st.lists(logit, min_size=1, max_size=9).filter(lambda row: max(row) > -np.inf)


def check(row, context, rules, u):
    values = np.asarray(row, np.float32)
    alive = torch.from_numpy(values > -np.inf)
    before = alive
    second = values[::-1].copy()
    for stage in apply_stages(values, context, rules, prompt_length=1, u=u, second=second):
        assert not torch.isnan(stage.logits).any() and (stage.logits < np.inf).all(), stage
        assert stage.kept.any() and not (stage.kept & ~alive).any(), stage
        assert not (stage.kept & ~before).any(), stage  # what is gone does not come back
        assert torch.isfinite(stage.probs).all() and float(stage.probs.sum()) == pytest.approx(1)
        before = stage.kept
    step = Step(values, np.asarray(context, np.int64), rules, 0, 1, second=second)
    assert bool(alive[step.token_id]) and np.isfinite(step.probability)
    assert all(np.isfinite(number) for number in (step.state_after or {}).values())


@pytest.mark.parametrize("name, value", EXTREMES)
@given(rows, st.lists(st.integers(0, 9), min_size=1, max_size=12), st.data())
@settings(max_examples=25, deadline=None)
def test_each_end_of_each_range_leaves_a_living_token_and_no_nan(name, value, row, context, data):
    order = data.draw(ORDERS_AND_OTHERS)
    rules = DecodingSettings(**{**COMPANIONS.get(name, {}), name: value, "order": order})
    try:
        check(row, context, rules, u=0.0)
    except ValueError as error:  # the rules that may forbid everything say so
        assert name in MAY_FORBID_ALL and f"{name} must leave a token possible" in str(error)


@given(rows, st.lists(st.integers(0, 9), min_size=1, max_size=12), st.data())
@settings(max_examples=400, deadline=None)
def test_rules_at_the_ends_of_their_ranges_together_leave_a_living_token_and_no_nan(
    row, context, data
):
    rules = {}
    for name, value in data.draw(st.lists(st.sampled_from(EXTREMES), min_size=2, max_size=5)):
        if name not in MAY_FORBID_ALL:
            rules |= {**COMPANIONS.get(name, {}), name: value}
    order = data.draw(ORDERS_AND_OTHERS)
    check(row, context, DecodingSettings(**rules, order=order), u=0.0)


def test_with_threshold_0_the_least_likely_living_token_is_the_one_that_stays():
    assert xtc(logs(0.5, 0.3, 0.2, 0), 0.0).tolist() == [False, False, True, False]
    assert xtc(logs(0, 0.3, 0.7, 0), 0.0).tolist() == [False, True, False, False]
    assert xtc(logs(0, 1, 0), 0.0).tolist() == [False, True, False]


@given(rows, st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_xtc_never_excludes_the_least_likely_of_the_living(row, threshold):
    values = np.asarray(row, np.float32)
    kept = xtc(values, threshold)
    alive = values > -np.inf
    assert kept[alive & (values == values[alive].min())].any() and not kept[~alive].any()
