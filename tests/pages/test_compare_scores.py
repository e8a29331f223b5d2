"""The scores that the page opens up are the libraries', and the numbers on the way lead to them."""

import math

import orjson
import pytest
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer

from playground.metrics import perplexity
from playground.pages.compare.scores import measure, perplexity_of
from tests.pages.doubles import DoubleBackend

CASES = [
    (
        "the cat the cat sat on the mat",
        ["the cat is sitting on the mat", "there was a cat upon the mat"],
    ),
    ("a dog", ["a cat and a dog sat there"]),
    ("x y z", ["a b c"]),
]


@pytest.mark.parametrize(("candidate", "references"), CASES)
def test_bleu_and_rouge_are_the_libraries_own_and_follow_from_the_shown_numbers(
    candidate, references
):
    found = measure(None, {"candidate": candidate, "references": references})
    bleu = found["bleu"]
    assert math.isclose(
        bleu["score"],
        sacrebleu.sentence_bleu(candidate, references, use_effective_order=True).score,
    )
    if bleu["mean_log"] is not None:
        assert math.isclose(
            bleu["score"], 100 * bleu["brevity_penalty"] * math.exp(bleu["mean_log"]), rel_tol=1e-9
        )
    for n in (1, 2, 3, 4):
        rows = bleu["table"][str(n)]
        assert (sum(row["clipped"] for row in rows), sum(row["candidate"] for row in rows)) == (
            bleu["matches"][n - 1],
            bleu["totals"][n - 1],
        )
    for record, reference in zip(found["rouge"], references, strict=True):
        want = RougeScorer(["rouge1", "rouge2", "rougeL"]).score(reference, candidate)
        for name, score in want.items():
            assert (
                record[name]["precision"],
                record[name]["recall"],
                record[name]["fmeasure"],
            ) == tuple(score)
        left = [record["candidate_tokens"][i] for i in record["rougeL"]["candidate_positions"]]
        assert (
            left == [record["reference_tokens"][i] for i in record["rougeL"]["reference_positions"]]
            and len(left) == record["rougeL"]["overlap"]
        )
    assert orjson.dumps(found)


def test_the_hand_computed_case():
    bleu = measure(None, {"candidate": "the the the", "references": ["the cat"]})["bleu"]
    assert bleu["table"]["1"] == [
        {"ngram": ("the",), "candidate": 3, "reference": 1, "clipped": 1}
    ]  # clipped: one of three counts
    assert bleu["matches"][0] == 1 and bleu["totals"] == [3, 2, 1, 0] and bleu["order"] == 3


def test_each_tokens_part_makes_the_perplexity():
    found = perplexity_of(DoubleBackend(), {"model": "double", "text": "The fox ran and slept"})
    chances = [token["probability"] for token in found["tokens"][1:]]
    assert found["tokens"][0]["probability"] is None and found["scored"] == 4
    assert math.isclose(found["perplexity"], perplexity(chances), rel_tol=1e-6)
    assert "".join(token["piece"] for token in found["tokens"]) == DoubleBackend().causal(
        "double"
    ).decode([t["token_id"] for t in found["tokens"]])


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"candidate": "", "references": ["a"]}, "candidate must hold"),
        ({"candidate": "a", "references": []}, "references must be a list of 1 to 4 texts, got 0"),
        ({"candidate": "a", "references": ["b", 3]}, r"references\[1\] must be a text, got int"),
        ({"candidate": "a" * 3000, "references": ["b"]}, "at most 2,000 characters, got 3,000"),
    ],
)
def test_bad_requests_get_a_sentence(raw, sentence):
    with pytest.raises(ValueError, match=sentence):
        measure(None, raw)
