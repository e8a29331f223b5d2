"""Biases, bans, guidance and stop strings beside transformers' own processors, and which tokens a
word stands for."""

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast, StopStringCriteria
from transformers.generation import logits_process as peers

from playground.decoding import DecodingSettings, apply_stages, generate
from playground.decoding.spelling import Spelling, named, sequences_of
from playground.decoding.text import StopWatch, before_stop
from playground.decoding.words import guidance, sequence_bias
from playground.parameters import texts_of


def random_sequences(rng, size):
    found = {}
    for _ in range(int(rng.integers(1, 12))):
        ids = tuple(rng.integers(0, size, int(rng.integers(1, 4))).tolist())
        found[ids] = float(np.float32(rng.normal() * 4))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_bias_is_transformers_sequence_bias(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 12))
    logits = rng.standard_normal(size).astype(np.float32)
    context = rng.integers(0, size, int(rng.integers(1, 20)))
    sequences = random_sequences(rng, size)
    peer = peers.SequenceBiasLogitsProcessor(dict(sequences))
    wanted = peer(torch.from_numpy(context)[None], torch.from_numpy(logits)[None])[0].numpy()
    assert np.allclose(sequence_bias(logits, context, list(sequences.items())), wanted, atol=1e-6)
    lines = "\n".join(f"#{ids[0]}={number}" for ids, number in sequences.items() if len(ids) == 1)
    single = {ids: number for ids, number in sequences.items() if len(ids) == 1}
    if single:
        stage = apply_stages(logits, context, DecodingSettings(logit_bias=lines))[-1]
        wanted = peers.SequenceBiasLogitsProcessor(single)(
            torch.from_numpy(context)[None], torch.from_numpy(logits)[None]
        )[0]
        assert torch.allclose(stage.logits, wanted, atol=1e-6)


@pytest.mark.parametrize("seed", range(60))
def test_a_ban_is_transformers_bad_words(seed):
    rng = np.random.default_rng(100 + seed)
    size = int(rng.integers(20, 40))
    logits = rng.standard_normal(size).astype(np.float32)
    context = rng.integers(0, 4, int(rng.integers(1, 20)))
    words = [rng.integers(0, 4, int(rng.integers(1, 4))).tolist() for _ in range(6)]
    peer = peers.NoBadWordsLogitsProcessor(words)
    wanted = peer(torch.from_numpy(context)[None], torch.from_numpy(logits)[None])[0].numpy()
    spelling = Spelling(lambda text: [int(part) for part in text.split(".")])
    settings = DecodingSettings(banned=[".".join(map(str, word)) for word in words])
    object.__setattr__(settings, "spelling", spelling)
    assert (apply_stages(logits, context, settings)[-1].logits.numpy() == wanted).all()


def test_a_ban_of_everything_is_named():
    with pytest.raises(ValueError, match="banned must leave a token possible, got "):
        apply_stages([1.0, 2.0], [0], DecodingSettings(banned="#0\n#1"))


class Pair(torch.nn.Module):
    """A network whose logits depend on the last token alone."""

    def __init__(self, table):
        super().__init__()
        self.table = table

    def forward(self, input_ids, **_):
        return type("Output", (dict,), {"logits": self.table[input_ids]})()


@pytest.mark.parametrize("g", [-1.0, -0.5, 0.5, 1.0, 3.0])
def test_guidance_is_transformers_with_one_more(g):
    table = torch.randn(6, 6, generator=torch.Generator().manual_seed(3))
    peer = peers.UnbatchedClassifierFreeGuidanceLogitsProcessor(
        1 + g, Pair(table), unconditional_ids=torch.tensor([[4, 2]]), use_cache=False
    )
    wanted = peer(torch.tensor([[0, 1]]), table[[1]])[0]
    ours = guidance(table[1].numpy(), table[2].numpy(), g)
    assert np.allclose(ours, wanted.numpy(), atol=2e-5)


class Letters:
    """Token n is a letter or two; the next token follows in turn."""

    vocab_size, eos_id = 6, 5
    words = ("a", "b", "ca", "bc", ".", "")

    def encode(self, text):
        return [self.words.index(text)] if text in self.words else []

    def decode(self, ids):
        return "".join(self.words[token] for token in ids)

    def next_logits(self, ids):
        return 9 * np.eye(6, dtype=np.float32)[(ids[-1] + 1) % 6]


def test_guidance_runs_the_model_behind_the_negative_prompt():
    asked = []

    class Watched(Letters):
        def next_logits(self, ids):
            asked.append(list(ids))
            return super().next_logits(ids)

    settings = DecodingSettings(
        guidance=1.5, negative_prompt="b", max_new_tokens=2, do_sample=False
    )
    list(generate(Watched(), [0, 3], settings))
    assert asked == [[0, 3], [1], [0, 3, 4], [1, 4]]
    asked.clear()
    list(generate(Watched(), [0, 3], settings.with_changes(negative_prompt="", max_new_tokens=1)))
    assert asked == [[0, 3], [3]]  # transformers' convention: the prompt's last token


def test_guidance_without_a_second_row_says_so():
    with pytest.raises(ValueError, match="guidance must be 0 where the model is not run"):
        apply_stages([1.0, 2.0], [0], DecodingSettings(guidance=1.0))


def test_the_text_ends_before_a_stop_string_that_goes_across_tokens():
    settings = DecodingSettings(stop="cab\n.", max_new_tokens=20, do_sample=False)
    steps = list(generate(Letters(), [0], settings))
    # b, ca, bc: "bca" + "bc" holds "cab" from its second letter on
    assert [step.token_id for step in steps] == [1, 2, 3]
    assert steps[-1].finish == "stop_string" and steps[-1].beyond == len("cabc")
    text = Letters().decode([step.token_id for step in steps])
    assert text[: len(text) - steps[-1].beyond] == before_stop(text, ["cab", "."]) == "b"


def test_a_continued_run_sees_a_stop_string_that_began_before():
    settings = DecodingSettings(stop="cab", max_new_tokens=20, do_sample=False)
    steps = list(generate(Letters(), [0], settings, prefix=[1, 2]))
    assert [step.token_id for step in steps] == [3] and steps[0].finish == "stop_string"


def test_the_end_can_be_ignored():
    ended = list(generate(Letters(), [3], DecodingSettings(max_new_tokens=4, do_sample=False)))
    assert [step.token_id for step in ended] == [4, 5] and ended[-1].finish == "end_of_text"
    settings = DecodingSettings(max_new_tokens=4, do_sample=False, ignore_end=True)
    on = list(generate(Letters(), [3], settings))
    assert [step.token_id for step in on] == [4, 5, 0, 1] and on[-1].finish == "max_new_tokens"


@pytest.fixture(scope="module")
def tokenizer():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    words = ["a", "b", "c", "ab", "ba", "cab", "bb", " ", ".", " a", "ac", ".b"]
    byte = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    spelled = [byte.pre_tokenize_str(word)[0][0] if word.strip() else "Ġ" for word in words]
    inner = Tokenizer(models.WordLevel({word: k for k, word in enumerate(spelled)}, unk_token="a"))
    inner.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=inner), words


@pytest.mark.parametrize("seed", range(40))
def test_stops_are_those_of_transformers(seed, tokenizer):
    peer_tokenizer, words = tokenizer
    rng = np.random.default_rng(seed)
    stops = ["".join(rng.choice(list("abc. "), int(rng.integers(1, 5)))) for _ in range(3)]
    peer = StopStringCriteria(peer_tokenizer, stops)
    watch = StopWatch(lambda ids: "".join(words[i] for i in ids), stops)
    ids = []
    for token in rng.integers(0, len(words), 25).tolist():
        ids.append(token)
        theirs = bool(peer(torch.tensor([ids]), None)[0])
        ours = watch.push(token) > 0
        assert ours == theirs, (stops, [words[i] for i in ids])
        if ours:
            break


def test_a_word_stands_for_its_tokens_with_and_without_a_space():
    spelling = Spelling(lambda text: {"wolf": [3], " wolf": [7], " red wolf": [8, 7]}[text])
    with pytest.raises(KeyError):
        spelling.sequences("bear")

    def known(text):
        if text not in (table := {"wolf": [3], " wolf": [7], " big wolf": [8, 7]}):
            raise ValueError(text)
        return table[text]

    spelling = Spelling(known)
    assert spelling.sequences("wolf") == ((3,), (7,)) and spelling.sequences(" wolf") == ((7,),)
    assert spelling.sequences("big wolf") == ((8, 7),) and spelling.sequences("bear") == ()
    assert named("#464") == ((464,),) and named("# 4") == ()
    lines = "wolf=-2\n#5=1.5\nwolf = 3=4"
    assert sequences_of("wolf=-2\n#5=1.5", spelling, "logit_bias") == [
        ((3,), -2.0),
        ((7,), -2.0),
        ((5,), 1.5),
    ]
    assert DecodingSettings(logit_bias=lines).logit_bias.endswith("wolf = 3=4")
    with pytest.raises(ValueError, match="banned must name tokens by their ids"):
        apply_stages([1.0, 2.0], [0], DecodingSettings(banned="wolf"))


@pytest.mark.parametrize("bad", ["wolf", "=3", "wolf=", "wolf=nan", "wolf=1e9", "wolf=x", 7])
def test_a_bias_that_is_none_is_named(bad):
    with pytest.raises(ValueError, match=r"logit_bias must be lines of word=number"):
        DecodingSettings(logit_bias=bad)


def test_lines_hold_line_ends_and_lists_are_lines():
    chosen = DecodingSettings(stop=["\n\n", "end", "a\\b"], logit_bias={"wolf": -5, "#3": 2.5})
    assert chosen.stop == "\\n\\n\nend\na\\\\b" and texts_of(chosen.stop) == ("\n\n", "end", "a\\b")
    assert chosen.logit_bias == "wolf=-5\n#3=2.5"
    assert DecodingSettings.from_dict(chosen.to_dict()) == chosen


def test_breakers_are_found_as_llama_cpp_finds_them():
    words = ["a", "\n", "b:\n", "en", "e", "nd", "x"]
    table = {"d": [5], "nd": [5]}
    spelling = Spelling(lambda text: table[text], words.__getitem__, len(words))
    assert spelling.breakers("\\n\n:") == {1: ((),), 2: ((),)}
    # "en" and "e" begin "end": it stands there where the rest follows
    assert spelling.breakers("end") == {3: ((5,),), 4: ((5,),)}
