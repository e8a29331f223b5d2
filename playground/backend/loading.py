"""Weights -> a network with its engine, within a memory budget; the least recently used model goes
first."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertLMHeadModel,
)

from playground.backend import device as devices
from playground.backend.catalog import Entry, evidence_folder, verifier_file
from playground.backend.causal import CausalWorker
from playground.backend.causal_model import CausalModel
from playground.backend.denoiser import Denoiser, DenoiserWorker
from playground.backend.engine import Engine
from playground.backend.engine_request import is_out_of_memory
from playground.backend.errors import EngineError, OutOfMemory, WeightsRefused
from playground.backend.evidence import EvidenceNetwork, load_evidence
from playground.backend.evidence_sessions import EvidenceSession, EvidenceWorker
from playground.backend.fixed_steps import recorder_for
from playground.backend.full_attention import FullQwen3, full_config, is_full, name_the_mask
from playground.backend.limits import limits
from playground.backend.logits_cache import LogitsCache
from playground.backend.prepack import prepack
from playground.backend.tokenizer import TextCodec
from playground.backend.verifier import Verifier, load_verifier
from playground.backend.weights import Progress, check_folder
from playground.i18n import t

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
_loading = threading.Lock()


@dataclass
class Loaded:
    """A model in memory: one network, one engine, any number of sessions."""

    entry: Entry
    network: Any
    codec: TextCodec
    engine: Engine
    bytes: int
    context_length: int

    def causal(self, cache: LogitsCache) -> CausalModel:
        return CausalModel(
            self.entry.id,
            self.codec,
            self.engine,
            self.network.config.vocab_size,
            _end(self),
            self.context_length,
            cache,
        )

    def denoiser(self) -> Denoiser:
        if isinstance(self.network, EvidenceNetwork):
            return EvidenceSession(self.entry.id, self.codec, self.engine, self.network)
        return Denoiser(
            self.entry.id,
            self.codec,
            self.engine,
            self.network.config.vocab_size,
            self.context_length,
        )


def _end(loaded: Loaded) -> int | None:
    end = loaded.codec.tokenizer.eos_token_id
    if end is None:
        end = loaded.network.config.eos_token_id
    if isinstance(end, list | tuple):
        end = end[0] if end else None
    if end is None and loaded.codec.family == "word-pieces":
        end = loaded.codec.tokenizer.sep_token_id
    return end


def read_network(folder: Path, kind: str, packed: bool = True) -> tuple[Any, Any]:
    """(network, tokenizer) from a folder in the hub's layout; safetensors only, remote code never.

    packed: give a causal network the attention of the engine. Raises WeightsRefused with the
        reason.
    """
    check_folder(folder)
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        full = kind == "denoiser" and is_full(folder)
        config: Any = full_config(folder) if full else AutoConfig.from_pretrained(folder, **options)
        # a configuration of our own making is named, or the tokenizer would look for a class of
        # that model type
        named = {"config": config} if full else {}
        tokenizer = AutoTokenizer.from_pretrained(folder, **named, **options)
        if full:
            name_the_mask(tokenizer)
        if kind == "denoiser":
            family: Any = FullQwen3 if full else AutoModelForMaskedLM
            attention = "sdpa"
        else:
            family = BertLMHeadModel if config.model_type == "bert" else AutoModelForCausalLM
            attention = "packed" if packed else "sdpa"
            _refuse_unfit(config)
        # float32 first: from_pretrained sets the process's default dtype while it loads, and other
        # threads compute meanwhile
        with _loading:
            network, notes = family.from_pretrained(
                folder,
                config=config,
                dtype=torch.float32,
                use_safetensors=True,
                attn_implementation=attention,
                output_loading_info=True,
                **options,
            )
    except WeightsRefused:
        raise
    except (
        SafetensorError,
        OSError,
        ValueError,
        KeyError,
        RuntimeError,
        ImportError,
        TypeError,
        AttributeError,
    ) as error:
        if is_out_of_memory(error):
            raise
        raise WeightsRefused(
            t(
                "the weights cannot be loaded ({kind}: {reason})",
                kind=type(error).__name__,
                reason=str(error)[:200],
            )
        ) from error
    missing = sorted(notes["missing_keys"])
    if missing:
        raise WeightsRefused(
            t(
                "{count} tensors are missing from the weights, {first} among them",
                count=len(missing),
                first=missing[0],
            )
        )
    mismatched = sorted(str(key) for key in notes.get("mismatched_keys") or ())
    if mismatched:
        raise WeightsRefused(
            t(
                "{count} tensors have another shape than config.json says, {first} among them",
                count=len(mismatched),
                first=mismatched[0],
            )
        )
    for name, tensor in network.named_parameters():
        if not bool(torch.isfinite(tensor.float().sum())) and not bool(
            torch.isfinite(tensor).all()
        ):
            raise WeightsRefused(
                t(
                    "the weights hold values that are not finite (NaN or infinity), in {name}",
                    name=name,
                )
            )
    form = devices.dtype(sum(tensor.numel() for tensor in network.parameters()))
    return network.to(devices.device(), form).eval().requires_grad_(False), tokenizer


def _refuse_unfit(config: Any) -> None:
    """The engine's attention is plain causal attention: say so before wrong figures come out of
    another kind."""
    kinds = set(getattr(config, "layer_types", None) or ()) - {"full_attention"}
    if kinds:
        raise WeightsRefused(
            t(
                "this architecture's attention ({options}) is not supported",
                options=", ".join(sorted(kinds)),
            )
        )
    if getattr(config, "attn_logit_softcapping", None):
        raise WeightsRefused(t("this architecture's soft-capped attention is not supported"))
    if config.model_type == "bert":
        config.is_decoder = True


def shipped_verifier(name: str, network: Any) -> Verifier:
    """The trained verifier of a network; WeightsRefused where none is shipped or its file does not
    fit."""
    path = verifier_file(name)
    if path is None:
        raise WeightsRefused(t("no verifier of {name} is shipped", name=name))
    return load_verifier(path, network)


def context_of(config: Any) -> int:
    """Positions that a network has room for."""
    for name in ("max_position_embeddings", "n_positions", "max_seq_len"):
        value = getattr(config, name, None)
        if isinstance(value, int):
            # RoBERTa numbers its positions from the padding id on
            return (
                value - 2 if config.model_type in ("roberta", "xlm-roberta", "camembert") else value
            )
    return 1024


class Residents:
    """The models in memory, at most `model_memory_mb` of them (at least one), least recently used
    out first."""

    def __init__(self, budget: int | None = None, cache_budget: int | None = None):
        memory = devices.memory_bytes()
        bounds = limits()
        self.budget = budget or bounds.model_memory_mb * 1_000_000 or memory // 2
        self.cache_budget = (
            cache_budget or bounds.cache_memory_mb * 1_000_000 or min(memory // 6, 8_000_000_000)
        )
        self.logits = LogitsCache(bounds.logits_memory_mb * 1_000_000)
        self.observe: Callable[[str, int, int, float], None] | None = None
        self._models: OrderedDict[str, Loaded] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, name: str) -> Loaded | None:
        """The model if it is in memory; it is then the most recently used one."""
        with self._lock:
            found = self._models.get(name)
            if found is not None:
                self._models.move_to_end(name)
        return found

    def all(self) -> list[Loaded]:
        """Every model in memory, least recently used first."""
        with self._lock:
            return list(self._models.values())

    def names(self) -> list[str]:
        return list(self._models)

    @property
    def bytes(self) -> int:
        return sum(loaded.bytes for loaded in list(self._models.values()))

    def load(self, entry: Entry, folder: Path, progress: Progress | None = None) -> Loaded:
        """Load a model; WeightsRefused if its weights are bad. Out of memory: the least recently
        used model goes, and loading is tried once more."""
        report = progress or (lambda phase, done, total: None)
        report("loading", 0, 0)
        try:
            loaded = self._load(entry, folder)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            freed = self.free_least_recent(keep=None)
            try:
                loaded = self._load(entry, folder)
            except Exception as again:
                if is_out_of_memory(again):
                    raise OutOfMemory(
                        f"the memory of this machine does not suffice to load {entry.id!r}"
                        f"{', even after ' + freed + ' was put away' if freed else ''}; "
                        "choose a smaller model"
                    ) from again
                raise
        with self._lock:
            self._models[entry.id] = loaded
            while self.bytes > self.budget and len(self._models) > 1:
                self.free_least_recent(keep=entry.id)
        return loaded

    def _load(self, entry: Entry, folder: Path) -> Loaded:
        network, tokenizer = read_network(folder, entry.kind)
        evidence = evidence_folder(entry)
        if evidence is not None:
            network = load_evidence(evidence, network).to(next(network.parameters()))
        config = network.config
        context = context_of(config)
        codec = TextCodec(
            tokenizer,
            config.vocab_size,
            True if entry.uncased else None,
            begin=entry.kind == "causal" and config.model_type == "bert",
        )
        if entry.kind == "causal":
            bounds = limits()
            context = min(context, entry.context_limit or context, bounds.max_context_tokens)
            recorder = recorder_for(devices.device(), lent=devices.on_zero_gpu())
            worker: Any = CausalWorker(network, context, self.cache_budget, recorder=recorder)
        elif evidence is not None:
            worker = EvidenceWorker(network, tokenizer.pad_token_id or 0)
        else:
            worker = DenoiserWorker(
                network, tokenizer.pad_token_id or 0, lambda: shipped_verifier(entry.id, network)
            )
        engine = Engine(
            entry.id,
            worker,
            free_memory=lambda: self.free_least_recent(keep=entry.id),
            inline=devices.on_zero_gpu(),
            observe=self.observe,
        )
        size = sum(tensor.numel() * tensor.element_size() for tensor in network.parameters())
        if entry.kind == "causal":
            size += prepack(network)
        return Loaded(entry, network, codec, engine, size, context)

    def free_least_recent(self, keep: str | None) -> str | None:
        """Put the least recently used model away; its waiting requests end with a sentence. Its
        name, or None."""
        with self._lock:
            name = next((name for name in self._models if name != keep), None)
            if name is None:
                return None
            loaded = self._models.pop(name)
        self._put_away(loaded)
        return name

    def _put_away(self, loaded: Loaded) -> None:
        # not joined under a lock: the loop may be the one that asks for memory
        engine = loaded.engine
        engine.stopped = True
        engine.worker = _Gone()
        self.logits.forget(loaded.entry.id)
        del loaded

        def end() -> None:
            engine.stop()
            gc.collect()  # a network holds cycles
            if devices.device().type == "cuda":
                torch.cuda.empty_cache()

        threading.Thread(target=end, name="engine-stop", daemon=True).start()

    def clear(self) -> None:
        """Put every model away (tests, shutdown)."""
        while self.free_least_recent(keep=None):
            pass


class _Gone:
    """Stands where the worker of a model was that has been put away, so that its network can be
    freed at once."""

    def plan(self, waiting, tick):
        raise EngineError(
            t("The model was put away to make room for another; start the run again.")
        )

    def leave(self, session) -> None:
        pass

    def make_room(self) -> None:
        pass
