"""ROUGE against rouge-score and by hand, its words in every script, and BLEU of Chinese."""

import itertools
import json

import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from playground.metrics import (
    bleu,
    common_subsequence,
    distinct_n,
    minimum_bayes_risk,
    repetition_rate,
    rouge,
    rouge_tokens,
)
from tests.metric_texts import anything, texts

# --------------------------------------------------------------------------------------------------
# ROUGE


def test_rouge_by_hand():
    """Lin 2004: against `police killed the gunman`, `police kill the gunman` and `the gunman kill
    police` share 3 words, and rougeL tells them apart (3/4 against 2/4)."""
    first, second = (
        rouge("police kill the gunman", "police killed the gunman"),
        rouge("the gunman kill police", "police killed the gunman"),
    )
    assert first["rouge1"].fmeasure == second["rouge1"].fmeasure == 0.75
    assert first["rougeL"].fmeasure == 0.75 and second["rougeL"].fmeasure == 0.5
    assert first["rougeL"].candidate_positions == [0, 2, 3] == first["rougeL"].reference_positions
    assert first["rouge2"].overlap == 1 and first["rouge2"].precision == pytest.approx(1 / 3)
    assert [row.ngram for row in first["rouge2"].rows if row.clipped] == [("the", "gunman")]


# English with all that stands in it: accents, dashes, quotes, symbols, pictures; rouge-score's own
# figures to the last digit
latin = st.text(
    st.one_of(st.characters(max_codepoint=0x24F), st.sampled_from("“”‘’–—…•€£™ﬁ🎉✓")), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(texts, latin), st.one_of(texts, latin))
def test_rouge_of_latin_text_is_rouge_scores(candidate, reference):
    expected = RougeScorer(["rouge1", "rouge2", "rougeL"]).score(reference, candidate)
    for name, score in rouge(candidate, reference).items():
        assert (score.precision, score.recall, score.fmeasure) == tuple(expected[name])


@settings(max_examples=150, deadline=None)
@given(st.one_of(texts, anything), st.one_of(texts, anything))
def test_the_parts_of_rouge_add_up_in_any_script(candidate, reference):
    result = rouge(candidate, reference)
    for score in result.values():
        if score.candidate_total and score.reference_total:
            assert score.precision == pytest.approx(score.overlap / score.candidate_total)
            assert score.recall == pytest.approx(score.overlap / score.reference_total)
    longest = result["rougeL"]
    assert [result.candidate_tokens[i] for i in longest.candidate_positions] == [
        result.reference_tokens[j] for j in longest.reference_positions
    ]
    assert [
        candidate[a:b].lower() for a, b in result.candidate_spans
    ] == result.candidate_tokens or not candidate.isascii()
    assert len(result.candidate_spans) == len(result.candidate_tokens) and len(
        result.reference_spans
    ) == len(result.reference_tokens)
    json.dumps(result.record())


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("我今天很高兴。", list("我今天很高兴")),
        ("東京タワーへ行った", list("東京タワーへ行った")),
        ("ที่นี่ดี", ["ที่", "นี่", "ดี"]),
        ("ภาษาไทย", ["ภ", "า", "ษ", "า", "ไ", "ท", "ย"]),
        ("សួស្តី", ["សួ", "ស្", "តី"]),
        ("Привет, мир 2", ["привет", "мир", "2"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("سلام ١٢", ["سلام", "١٢"]),
        ("ΟΔΟΣ", ["οδοσ"]),
        ("iPhone15很好", ["iphone15", "很", "好"]),
        ("２０２６年", ["２０２６", "年"]),
        ("naïve café", ["na", "ve", "caf"]),  # as rouge-score has it
        ("🎉 …", []),
    ],
)
def test_words_of_every_script_are_tokens(text, tokens):
    found, spans = rouge_tokens(text)
    assert found == tokens and [text[a:b].lower() for a, b in spans] == [
        one.replace("οδοσ", "οδος") for one in tokens
    ]


# text, the same with one character changed, and something else: the first beats the second beats
# the third
SCRIPTS = {
    "Chinese": ("我今天很高兴见到你", "我昨天很高兴见到你", "请把门关上吧"),
    "Japanese": ("私は昨日東京へ行きました", "私は今日東京へ行きました", "猫が好きだ"),
    "Thai": ("ฉันรักภาษาไทยมาก", "ฉันรักภาษาจีนมาก", "เปิดปุ๊บ"),
    "Korean": ("나는 학교에 갔다", "나는 집에 갔다", "문을 닫아라"),
    "Russian": ("мама мыла раму", "мама мыла окно", "закрой дверь"),
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("utility", ["rouge1", "rougeL", "bleu"])
def test_equal_partly_equal_and_other_texts_are_told_apart_in_every_script(script, utility):
    text, changed, other = SCRIPTS[script]
    most = 100 if utility == "bleu" else 1

    def value(candidate):
        if utility == "bleu":
            return bleu(candidate, text).score
        return rouge(candidate, text)[utility].fmeasure

    assert value(text) == pytest.approx(most)
    assert value(other) < value(changed) < most and value(changed) > 0.2 * most
    # no tie at 0: the text that agrees most with the others is chosen, wherever it stands
    assert minimum_bayes_risk([other, text, changed], utility) in (1, 2)
    assert minimum_bayes_risk([changed, other, text, text], utility) == 2


@pytest.mark.parametrize("script", ["Chinese"])
def test_bleu_of_chinese_is_sacrebleus_own_for_chinese(script):
    scorer = sacrebleu.BLEU(effective_order=True, tokenize="zh")
    more = [*SCRIPTS[script], "他说：“好的，2026年见。”", "这（是）一个test句子！"]
    for candidate, reference in itertools.product(more, more):
        expected = scorer.sentence_score(candidate, [reference]).score
        assert bleu(candidate, reference).score == pytest.approx(expected, abs=1e-12)
    assert distinct_n(["我我我"], 1) == pytest.approx(1 / 3)
    assert repetition_rate("好的好的好的", 2) == pytest.approx(3 / 5)


def test_spans_point_into_the_original_text():
    text = "Well-known: İstanbul's KING."
    result = rouge(text, text)
    assert [text[a:b] for a, b in result.candidate_spans][:2] == ["Well", "known"]
    assert [text[a:b] for a, b in result.candidate_spans][-1] == "KING"


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=9), st.lists(st.integers(0, 3), max_size=9))
def test_common_subsequence_is_a_longest_one(first, second):
    pairs = common_subsequence(first, second)
    assert all(first[i] == second[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(pairs))
    subsequences = [{()}, {()}]
    for k, sequence in enumerate((first, second)):  # by enumeration
        for item in sequence:
            subsequences[k] |= {(*head, item) for head in subsequences[k]}
    assert len(pairs) == max(map(len, subsequences[0] & subsequences[1]))
