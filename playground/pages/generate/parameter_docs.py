"""What each argument of /decode, /distribution and /score means: what an API page and a language model that uses the tools read."""

from __future__ import annotations

from collections.abc import Iterable

MEANINGS = {
    "model": "a left-to-right model on offer: fairy-causal (shipped, small letters, fairy tales) or smollm2-135m (fetched on first use)",
    "prompt": "the beginning of the text, 1 to 20000 characters; the model goes on from here",
    "text": "the text to be read, at least 2 and at most 512 tokens",
    "chat": "true puts the prompt into the model's chat template, where it has one",
    "top": "rows of each distribution to return, 1 to 100; the rest is summed up exactly in `remainder`",
    "ids": "token ids that stand after the prompt already",
    "index": "number of the step, from 0: the random number u of a draw depends on (seed, index) alone",
    "max_new_tokens": "tokens to write at most, 1 to 512",
    "do_sample": "false takes the likeliest token every time (greedy)",
    "temperature": "divides the logits, 0 to 1000000; 1 leaves them, 0 is greedy",
    "top_k": "keep the k likeliest tokens; 0 is off",
    "top_p": "keep the smallest set of tokens that reaches this probability, 0 to 1; 1 is off",
    "min_p": "keep tokens with at least this share of the likeliest token's probability, 0 to 1; 0 is off",
    "typical_p": "locally typical sampling: keep the tokens whose surprisal is nearest to the entropy, above 0 to 1; 1 is off",
    "epsilon_cutoff": "remove tokens below this probability, 0 to below 1; 0 is off",
    "eta_cutoff": "eta sampling: the cut-off shrinks with the entropy, 0 to below 1; 0 is off",
    "repetition_penalty": "divides the positive logits of tokens seen before and multiplies the negative ones, 0.000001 to 1000000; 1 is off",
    "presence_penalty": "subtracted once from the logit of a token that was generated, -1000000 to 1000000; 0 is off",
    "frequency_penalty": "subtracted for every time the token was generated, -1000000 to 1000000; 0 is off",
    "no_repeat_ngram_size": "no n tokens in a row may occur twice; 0 is off",
    "xtc_threshold": "exclude top choices: tokens above this probability, but the least likely of them, may be removed, 0 to 1",
    "xtc_probability": "how often the exclusion happens, 0 to 1; 0 is off",
    "dry_multiplier": "do not repeat yourself: weight of the penalty on going on with a repetition, 0 to 1000000; 0 is off",
    "dry_base": "how fast that penalty grows with the length of the repetition, 1 to 1000000",
    "dry_allowed_length": "repetitions up to this length are free, 1 to 1000000",
    "mirostat_tau": "target surprisal in bits of mirostat 2, which replaces the rules that cut, 0 to 1000000; 0 is off",
    "mirostat_eta": "learning rate of mirostat, 0 to 1000000",
    "order": "transformers (temperature before the cuts) or llama.cpp (temperature after them)",
    "seed": "0 to 2^63 - 1; the same seed gives the same text",
}


def described(what: str, names: Iterable[str], returns: str) -> str:
    """A docstring: what the function does, its arguments, what it returns."""
    lines = "\n".join(f"    {name}: {MEANINGS[name]}" for name in names)
    return f"{what}\n\nArgs:\n{lines}\n\nReturns:\n    {returns}\n"
