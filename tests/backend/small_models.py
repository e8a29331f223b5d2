"""Folders in the hub's layout with small random weights, written by the tests."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertLMHeadModel,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

WORDS = (
    "once upon a time there was king queen the little girl said don t s i you come here he she ll "
    "well known ##ly slow castle and in of"
).split()


def byte_tokenizer(chat: bool = False) -> PreTrainedTokenizerFast:
    """Byte-level BPE without merges: 256 bytes, an end and a message mark."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {character: index for index, character in enumerate(alphabet)}
    vocabulary |= {"<|end|>": 256, "<|user|>": 257}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", additional_special_tokens=["<|user|>"]
    )
    if chat:
        fast.chat_template = "{% for m in messages %}<|user|>{{ m['content'] }}<|end|>{% endfor %}"
    return fast


def word_piece_tokenizer() -> PreTrainedTokenizerFast:
    """A small uncased word-piece vocabulary with every ASCII character."""
    tokens = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *map(chr, range(33, 127)),
        *(f"##{chr(c)}" for c in range(97, 123)),
    ]
    tokens += [word for word in WORDS if word not in tokens]
    tokenizer = Tokenizer(
        models.WordPiece({token: i for i, token in enumerate(tokens)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def write_model(
    folder: Path, kind: str, seed: int = 0, shard: str = "5GB", spread: float = 1.0
) -> Path:
    """Write a model: "gpt2", "llama" (grouped heads), "bert-causal" or "bert-masked". `spread`
    multiplies the weights, so that random logits are far enough apart for an argmax to mean
    something."""
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "gpt2":
        tokenizer = byte_tokenizer()
        network = GPT2LMHeadModel(
            GPT2Config(
                vocab_size=258,
                n_positions=256,
                n_embd=32,
                n_layer=2,
                n_head=4,
                eos_token_id=256,
                bos_token_id=256,
            )
        )
    elif kind == "llama":
        tokenizer = byte_tokenizer(chat=True)
        network = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=258,
                hidden_size=48,
                intermediate_size=64,
                num_hidden_layers=3,
                num_attention_heads=6,
                num_key_value_heads=2,
                max_position_embeddings=512,
                eos_token_id=256,
                bos_token_id=256,
                tie_word_embeddings=True,
            )
        )
    else:
        tokenizer = word_piece_tokenizer()
        config = BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=128,
            is_decoder=kind == "bert-causal",
        )
        network = (BertLMHeadModel if kind == "bert-causal" else BertForMaskedLM)(config)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1:
                parameter.mul_(spread * 4)
    network.save_pretrained(folder, max_shard_size=shard)
    tokenizer.save_pretrained(folder)
    return folder
