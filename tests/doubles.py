"""Stand-ins for language models in tests: exact, tiny, and with the same face as the real ones."""

from __future__ import annotations

import numpy as np
import torch


class MarkovCausalModel:
    """A Markov chain as a causal model: P(next | text) = transition[last token]. Everything about
    it can be computed by hand."""

    def __init__(self, transition, eos_id=None, context_length=None):
        self.transition = np.asarray(transition, dtype=np.float64)
        self.vocab_size = len(self.transition)
        self.eos_id, self.calls, self.closed = eos_id, 0, False
        if context_length is not None:
            self.context_length = context_length
        with np.errstate(divide="ignore"):
            self.log_transition = torch.from_numpy(np.log(self.transition).astype(np.float32))

    def encode(self, text):
        return [ord(mark) - 97 for mark in text]

    def decode(self, ids):
        return "".join(chr(97 + int(token)) for token in ids)

    def next_logits(self, ids):
        self.calls += 1
        return self.log_transition[int(ids[-1])].clone()

    def logits_along(self, ids):
        self.calls += 1
        return self.log_transition[torch.tensor([int(token) for token in ids])]

    def hidden_states(self, ids):
        return torch.eye(self.vocab_size)[torch.tensor([int(token) for token in ids])]

    def close(self):
        self.closed = True


class RandomCausalModel:
    """Logits that are a fixed random function of the whole context, with V of any size."""

    def __init__(self, vocab_size=50, seed=0, spread=2.0, eos_id=None, context_length=None):
        self.vocab_size, self.seed, self.spread, self.eos_id, self.calls = (
            vocab_size,
            seed,
            spread,
            eos_id,
            0,
        )
        if context_length is not None:
            self.context_length = context_length

    def encode(self, text):
        return [ord(mark) % self.vocab_size for mark in text]

    def decode(self, ids):
        return " ".join(str(int(token)) for token in ids)

    def next_logits(self, ids):
        self.calls += 1
        key = np.random.SeedSequence([self.seed, *(int(token) for token in ids)])
        return torch.from_numpy(
            np.random.default_rng(key).standard_normal(self.vocab_size).astype(np.float32)
            * self.spread
        )

    def logits_along(self, ids):
        return torch.stack([self.next_logits(ids[: place + 1]) for place in range(len(ids))])

    def hidden_states(self, ids):
        return torch.zeros(len(ids), 1)

    def close(self):
        pass


class NetworkCausalModel:
    """A transformers network as a causal model, without a cache of keys: slow and plainly right."""

    def __init__(self, network, eos_id=None):
        self.network = network.eval()
        self.vocab_size, self.eos_id = network.config.vocab_size, eos_id
        self.context_length = network.config.max_position_embeddings

    def encode(self, text):
        return [ord(mark) % self.vocab_size for mark in text]

    def decode(self, ids):
        return " ".join(str(int(token)) for token in ids)

    def next_logits(self, ids):
        return self.logits_along(ids)[-1]

    def next_logits_batch(self, contexts):
        with torch.inference_mode():
            return list(self.network(torch.tensor(contexts)).logits[:, -1].float())

    def logits_along(self, ids):
        with torch.inference_mode():
            return self.network(torch.tensor([list(ids)])).logits[0].float()

    def hidden_states(self, ids):
        with torch.inference_mode():
            return (
                self.network(torch.tensor([list(ids)]), output_hidden_states=True)
                .hidden_states[-1][0]
                .float()
            )

    def close(self):
        pass


def tiny_network(kind, seed):
    """A two-layer network of transformers with random weights sharp enough to have opinions; kind:
    "llama" or "gpt2"."""
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    if kind == "llama":
        config = LlamaConfig(
            vocab_size=37,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=64,
            initializer_range=0.4,
        )
        network = LlamaForCausalLM(config)
    else:
        config = GPT2Config(
            vocab_size=37, n_embd=32, n_layer=2, n_head=4, n_positions=64, initializer_range=0.4
        )
        network = GPT2LMHeadModel(config)
    network.generation_config.bos_token_id = None
    return network.eval()
