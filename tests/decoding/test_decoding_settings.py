"""Settings: a bad value is named with its field, value and range; plain data goes round; off means
off."""

import json
import math
import pickle

import pytest

from playground.decoding import PRESETS, DecodingSettings, apply_stages
from playground.decoding.rules import ORDERS, RULES
from playground.decoding.settings import PARAMETERS, memory_of


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("top_p", 1.5, r"top_p must be a number in \[0, 1\] \(1 turns it off\), got 1.5"),
        (
            "temperature",
            -1,
            r"temperature must be a number in \[0, 1000000\] \(0 means greedy\), got -1",
        ),
        ("temperature", math.inf, "temperature must be a number in"),
        ("temperature", math.nan, "temperature must be a number in"),
        ("temperature", 1e39, "temperature must be a number in .* got 1e[+]39"),
        ("temperature", 10**400, "temperature must be a number in .* got 1000"),
        ("temperature", "hot", "temperature must be a number in .* got 'hot'"),
        (
            "top_k",
            2.5,
            r"top_k must be a whole number in \[0, 1000000\] \(0 turns it off\), got 2.5",
        ),
        ("top_k", -1, "top_k must be a whole number"),
        ("typical_p", 0, r"typical_p must be a number in \(0, 1\] \(1 turns it off\), got 0"),
        (
            "epsilon_cutoff",
            1,
            r"epsilon_cutoff must be a number in \[0, 1\) \(0 turns it off\), got 1",
        ),
        ("repetition_penalty", 0, r"repetition_penalty must be a number in \[0.000001, 1000000\]"),
        ("repetition_penalty", 1e-46, "repetition_penalty must be a number in"),
        ("presence_penalty", -1e39, r"presence_penalty must be a number in \[-1000000, 1000000\]"),
        (
            "mirostat_tau",
            1e308,
            r"mirostat_tau must be a number of bits in \[0, 1000000\] \(0 turns",
        ),
        ("max_new_tokens", 0, "max_new_tokens must be a whole number"),
        ("seed", -1, r"seed must be a whole number in \[0, 2\^53\], got -1"),
        ("seed", 2**53 + 1, "seed must be a whole number"),
        ("dry_base", 0.5, r"dry_base must be a number in \[1, 1000000\], got 0.5"),
        ("do_sample", 1, "do_sample must be true or false, got 1"),
        (
            "order",
            "vllm",
            'order must be "transformers" or "llama.cpp", or a list of names of rules, got '
            "'vllm'",
        ),
        (
            "order",
            ["top_p", "top_q"],
            "order must hold names of rules, each once, got 'top_q'",
        ),
        (
            "order",
            ["top_p", "top_p"],
            "order must hold names of rules, each once, got 'top_p'",
        ),
        ("order", [["top_p"]], "order must be .* or a list of names"),
        ("order", 7, "order must be .* got 7"),
        ("top_k", True, "top_k must be a whole number"),
        ("min_p", [0.1], r"min_p must be a number in \[0, 1\] \(0 turns it off\), got \[0.1\]"),
    ],
)
def test_a_bad_value_is_named_with_its_range(field, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        DecodingSettings(**{field: value})


BEYOND_FLOAT32 = [
    ("repetition_penalty", 1e-46),
    ("repetition_penalty", 1e39),
    ("presence_penalty", -1e39),
    ("presence_penalty", 1e39),
    ("frequency_penalty", -1e39),
    ("frequency_penalty", 1e39),
    ("temperature", 1e39),
    ("mirostat_tau", 1e308),
    ("mirostat_eta", 1e308),
    ("dry_multiplier", 1e39),
    ("dry_base", 1e308),
    ("top_k", 10**30),
    ("no_repeat_ngram_size", 10**30),
    ("dry_allowed_length", 10**30),
    ("max_new_tokens", 10**400),
    ("seed", 10**400),
]


@pytest.mark.parametrize("field, value", BEYOND_FLOAT32)
def test_a_number_beyond_float32_is_refused_with_its_range(field, value):
    with pytest.raises(ValueError, match=rf"^{field} must be a .*in \[.*, got "):
        DecodingSettings(**{field: value})


def test_every_number_has_a_lowest_and_a_highest_value_and_both_are_allowed():
    numbers = [row for row in PARAMETERS.values() if row.type in (int, float)]
    assert {row.name for row in numbers} == set(DecodingSettings().to_dict()) - {
        "do_sample",
        "order",
        "p_less",
        "ignore_end",
        "stop",
        "banned",
        "logit_bias",
        "negative_prompt",
        "dry_sequence_breakers",
        "choices",
        "regex",
        "json_schema",
    }
    for row in numbers:
        assert math.isfinite(row.low) and math.isfinite(row.high)
        for end, open_end in ((row.low, row.open_low), (row.high, row.open_high)):
            if not open_end:
                assert getattr(DecodingSettings(**{row.name: end}), row.name) == end


def test_plain_data_goes_round():
    chosen = DecodingSettings(top_k=40.0, top_p=0.95, seed=2**53, order="llama.cpp", mirostat_tau=5)
    data = json.loads(json.dumps(chosen.to_dict()))
    assert DecodingSettings.from_dict(data) == chosen and isinstance(chosen.top_k, int)


def test_an_unknown_field_is_named():
    with pytest.raises(
        ValueError,
        match="top_q is not a decoding setting; the settings are max_new_tokens, do_sample",
    ):
        DecodingSettings.from_dict({"top_q": 1})


def test_none_stands_for_off():
    assert DecodingSettings(min_p=None, top_k=None) == DecodingSettings()


def test_the_default_top_k_is_off():
    assert DecodingSettings().top_k == 0 and DecodingSettings().rules_on() == ()


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(AttributeError):
        DecodingSettings().top_k = 3


def test_presets_are_valid_and_act():
    assert set(PRESETS) == {
        "greedy",
        "pure sampling",
        "top-k 50",
        "nucleus 0.9",
        "min-p 0.1",
        "llama.cpp defaults",
        "looping",
    }
    for preset in PRESETS.values():
        assert apply_stages([3.0, 2.0, 1.0], [0], preset)[-1].name == "draw"
    assert PRESETS["llama.cpp defaults"].rules_on() == ("top_k", "top_p", "min_p", "temperature")
    assert (
        PRESETS["greedy"].greedy
        and PRESETS["looping"].greedy
        and not PRESETS["pure sampling"].greedy
    )


def test_every_field_is_one_of_the_public_ones():
    names = (
        "max_new_tokens do_sample temperature top_k top_p min_p typical_p epsilon_cutoff "
        "eta_cutoff repetition_penalty presence_penalty frequency_penalty no_repeat_ngram_size "
        "xtc_threshold xtc_probability dry_multiplier dry_base dry_allowed_length "
        "dry_penalty_last_n dry_sequence_breakers mirostat_tau mirostat_eta top_n_sigma top_h "
        "p_less dynatemp_range dynatemp_exponent adaptive_target adaptive_decay guidance "
        "negative_prompt logit_bias banned choices regex json_schema watermark_bias "
        "watermark_ratio watermark_key stop ignore_end order seed"
    ).split()
    assert list(DecodingSettings().to_dict()) == names


def test_an_order_is_a_list_of_rules_and_the_names_of_before_are_presets_of_it():
    own = DecodingSettings(order=["min_p", "temperature"], min_p=0.1, temperature=0.5, top_k=3)
    assert own.rules_on() == ("min_p", "temperature", "top_k")
    assert len(own.stage_names) == len(set(own.stage_names)) == len(RULES)
    assert DecodingSettings.from_dict(json.loads(json.dumps(own.to_dict()))) == own
    for preset, names in ORDERS.items():
        assert DecodingSettings(order=preset).stage_names == names
    # transformers' own order has one spelling; llama.cpp's order without that program's conventions
    # is an order of its own
    assert DecodingSettings(order=list(ORDERS["transformers"])) == DecodingSettings()
    assert not DecodingSettings(order=list(ORDERS["llama.cpp"])).llama_cpp


def test_penalties_that_an_order_leaves_out_act_first_and_other_rules_last():
    chosen = DecodingSettings(order=["top_p"], top_p=0.9, temperature=0.5, repetition_penalty=1.2)
    assert chosen.rules_on() == ("repetition_penalty", "top_p", "temperature")


def test_settings_travel_between_processes():
    chosen = DecodingSettings(top_k=3, order=["min_p"])
    again = pickle.loads(pickle.dumps(chosen))
    assert again == chosen and hash(again) == hash(chosen) and again != DecodingSettings(top_k=3)
    assert repr(DecodingSettings(top_k=3)) == "DecodingSettings(top_k=3)"


def test_a_program_that_writes_a_field_wrong_is_stopped():
    with pytest.raises(TypeError, match="has no field 'top_q'"):
        DecodingSettings(top_q=1)
    with pytest.raises(AttributeError):
        del DecodingSettings().top_k


def test_what_rules_carry_is_checked():
    assert memory_of({"mu": 3}) == {"mu": 3.0}
    with pytest.raises(
        ValueError, match="memory must hold mu, adaptive_sum, adaptive_weight alone, got 'nu'"
    ):
        memory_of({"nu": 3})
    with pytest.raises(ValueError, match=r"memory\.mu must be a number of bits in"):
        memory_of({"mu": float("inf")})


def test_a_rule_that_says_behind_which_other_it_acts_stands_there_in_every_order():
    said = {rule.name: rule.behind for rule in RULES.values() if rule.behind}
    assert said["dynatemp_range"] == "temperature"
    for names in ORDERS.values():
        assert sorted(names) == sorted(RULES)
        assert all(names.index(behind) < names.index(name) for name, behind in said.items())
