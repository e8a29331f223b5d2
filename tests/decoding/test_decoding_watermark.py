"""The watermark and its detector: transformers' own, bit for bit on a CPU; how z falls as words are
changed."""

import numpy as np
import pytest
import torch
from scipy.stats import norm
from transformers import PreTrainedConfig, WatermarkDetector, WatermarkingConfig
from transformers.generation.logits_process import WatermarkLogitsProcessor

from playground.decoding import DecodingSettings, apply_stages
from playground.decoding.watermark import detect, falling, green_tokens, p_value, untouched

KEYS = [15485863, 7, 2**31 + 11]


def row(seed, size):
    return torch.randn(size, generator=torch.Generator().manual_seed(seed)) * 4


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("size", "ratio", "bias"), [(50, 0.5, 2.0), (11_066, 0.25, 1.3)])
def test_the_biased_logits_are_those_of_transformers_to_the_bit(key, size, ratio, bias):
    theirs = WatermarkLogitsProcessor(size, "cpu", ratio, bias, key, "lefthash", 1)
    settings = DecodingSettings(watermark_bias=bias, watermark_ratio=ratio, watermark_key=key)
    for seed in range(4):
        logits, context = row(seed, size), [3, 11, seed * 7 + 1]
        expected = theirs(torch.tensor([context]), logits[None])[0]
        stage = apply_stages(logits, context, settings)[-2]
        assert stage.name == "watermark_bias" and torch.equal(stage.logits, expected)
        green = theirs._get_greenlist_ids(torch.tensor(context))
        assert set(np.flatnonzero(green_tokens(context[-1], size, ratio, key))) == set(
            green.tolist()
        )


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("ratio", [0.25, 0.6])
@pytest.mark.parametrize("key", KEYS)
def test_the_detector_is_that_of_transformers_to_the_bit(key, ratio, once):
    config = PreTrainedConfig(vocab_size=97, bos_token_id=96)
    theirs = WatermarkDetector(
        config,
        "cpu",
        WatermarkingConfig(greenlist_ratio=ratio, hashing_key=key),
        ignore_repeated_ngrams=once,
    )
    for seed in range(5):
        ids = np.random.default_rng(seed).integers(0, 12, 60)
        found = detect(ids, 97, ratio, key, once)
        expected = theirs(torch.tensor(ids[None]), return_dict=True)
        assert found.scored == expected.num_tokens_scored[0]
        assert found.green == expected.num_green_tokens[0]
        assert found.z == expected.z_score[0] and found.p_value == float(expected.p_value[0])
    assert found.p_value == pytest.approx(norm.sf(found.z), rel=1e-9)


def test_a_rule_that_cut_stays_in_force_and_greedy_feels_the_mark():
    logits, context = row(1, 60), [5]
    settings = DecodingSettings(top_k=5, watermark_bias=50.0)
    stages = apply_stages(logits, context, settings)
    assert stages[-1].kept.sum() == 5  # the mark brings no token back
    green = green_tokens(5, 60, 0.25, 15485863)
    greedy = apply_stages(logits, context, settings.with_changes(do_sample=False))
    assert green[int(greedy[-1].probs.argmax())]
    assert torch.equal(apply_stages(logits, [], settings)[-1].kept, stages[-1].kept)


def test_a_marked_text_is_found_and_falls_as_its_words_are_changed():
    size, ratio, key = 500, 0.25, 42
    draws, text = np.random.default_rng(2), [1]
    for _ in range(150):
        text.append(int(draws.choice(np.flatnonzero(green_tokens(text[-1], size, ratio, key)))))
    curve = falling(text, size, ratio, key, points=5)
    assert curve[0]["changed"] == 0 and curve[0]["z"] == curve[0]["expected"] > 20
    assert [one["changed"] for one in curve] == [0, 38, 76, 113, 151]
    assert abs(curve[-1]["z"]) < 4 and curve[-1]["expected"] == 0
    runs = [falling(text, size, ratio, key, seed, 5)[2] for seed in range(60)]
    assert np.mean([one["z"] for one in runs]) == pytest.approx(runs[0]["expected"], abs=0.6)
    plain = draws.integers(0, size, 400)
    assert detect(plain, size, ratio, key).p_value > 1e-3


def test_the_chance_that_a_pair_stays_whole():
    assert untouched(10, 0) == 1 and untouched(10, 9) == 0 and untouched(10, 10) == 0
    assert p_value(0.0) == 0.5


@pytest.mark.parametrize(
    ("ids", "rules", "sentence"),
    [
        ([1], {}, "at least 2 tokens to look for a watermark, got 1"),
        ([1, 99], {}, r"ids must be in \[0, 9\], got 99"),
        ([1, 2], {"ratio": 1.0}, r"watermark_ratio must be a number in \(0, 1\), got 1.0"),
        ([1, 2], {"key": 0}, r"watermark_key must be a whole number in \[1, 2\^53\], got 0"),
    ],
)
def test_bad_values_get_a_sentence(ids, rules, sentence):
    with pytest.raises(ValueError, match=sentence):
        detect(ids, 10, **rules)
