"""A trained checkpoint in the hub's layout, in files small enough for a plain git push.

    python -m playground.training.ship --model fairy-causal --weights
    checkpoints/fairy-causal/averaged.safetensors --out assets/models

writes config, tokenizer, float16 safetensors below 9.4 MB each with their index, and the training
curve (curve.csv). The model card (README.md) is written by hand and left alone.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, processors
from transformers import GenerationConfig, PreTrainedTokenizerFast

from . import MODELS
from .start import build_model, load_start, load_tied_state
from .text import CLS, MASK, PAD, SEP

LARGEST_FILE = 9_400_000  # bytes; the embedding alone is 8.5 MB and one tensor cannot be split
MAX_POSITIONS = 128  # trained lengths; later position embeddings are the start's, nearly untouched


def ship_tokenizer(tokenizer: Tokenizer, causal: bool) -> PreTrainedTokenizerFast:
    """The tokenizer for transformers: uncased word pieces. The causal model's puts [CLS], beginning
    of text, in front; [SEP] ends a text. The diffusion model's adds nothing: a canvas is what the
    visitor wrote."""
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A" if causal else "$A", pair="$A $B", special_tokens=[("[CLS]", CLS)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        mask_token="[MASK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        bos_token="[CLS]",
        eos_token="[SEP]",
        model_max_length=MAX_POSITIONS,
        clean_up_tokenization_spaces=True,
    )


def copy_curve(log: Path, out: Path) -> None:
    """The run's log as curve.csv, without what depends on the machine's clock alone."""
    with open(log, newline="") as source:
        rows = list(csv.DictReader(source))
    with open(out, "w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def ship(model: str, weights: str | Path, start: str | Path, out: str | Path) -> Path:
    """Write `out`/`model`; returns that folder. ValueError if a file would exceed LARGEST_FILE."""
    if model not in MODELS:
        raise ValueError(f"model must be one of {', '.join(MODELS)}, got {model!r}")
    folder = Path(out) / model
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer, _ = load_start(start)
    network = build_model(model, tokenizer.get_vocab_size())
    load_tied_state(network, {name: value.float() for name, value in load_file(weights).items()})
    network.tie_weights()
    network.to(torch.float16).eval()
    network.config.bos_token_id, network.config.eos_token_id = CLS, SEP
    network.config.mask_token_id = MASK
    for old in folder.glob("model*.safetensors*"):
        old.unlink()
    if network.config.is_decoder:
        network.generation_config = GenerationConfig(
            bos_token_id=CLS, eos_token_id=SEP, pad_token_id=PAD
        )
    network.save_pretrained(folder, max_shard_size="9MB")
    ship_tokenizer(tokenizer, network.config.is_decoder).save_pretrained(folder)
    log = Path(weights).parent / "log.csv"
    if log.exists():
        copy_curve(log, folder / "curve.csv")
    too_large = {
        path.name: path.stat().st_size
        for path in folder.iterdir()
        if path.stat().st_size > LARGEST_FILE
    }
    if too_large:
        raise ValueError(
            f"every file must stay below {LARGEST_FILE} bytes, got {json.dumps(too_large)}"
        )
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--model", required=True, choices=MODELS)
    parser.add_argument(
        "--weights", required=True, help="last.safetensors or averaged.safetensors of a run"
    )
    parser.add_argument("--start", default="checkpoints/start")
    parser.add_argument("--out", default="assets/models")
    options = parser.parse_args()
    written = ship(options.model, options.weights, options.start, options.out)
    print(f"{written}: {sum(path.stat().st_size for path in written.iterdir()) / 1e6:.1f} MB")
