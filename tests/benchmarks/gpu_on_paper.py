"""Three hundred visitors on one GPU machine, on paper: no GPU was measured. Arithmetic from shares
that were measured on a CPU.

    python tests/benchmarks/gpu_on_paper.py [--visitors 300] [--page-processes 1 4 8] [--bandwidth
    1000] [--kernel-us 6]

One tick gives each visitor one token. It is made of
- the forward pass on the GPU: the weights are read once for all visitors (bytes ÷ bandwidth), the
  keys and values of each are read (tokens x bytes ÷ bandwidth), and each layer's kernels are
  launched one by one (eager mode: layers x 14 x the time of one);
- the logits to the CPU: visitors x vocabulary x 4 bytes over PCIe at 20 GB/s;
- rules, draw and record of each visitor, measured here: 0.65 ms with 11,066 tokens in the
  vocabulary, 1.09 ms with 49,152 (CPU time of one thread, 240 steps, median; top-p 0.9,
  temperature, repetition penalty, the record with 20 rows). Python's lock lets one thread of a
  process at a time through, so this is multiplied by the visitors of a page process.

What comes out: on a GPU the rules are the bottleneck, not the network; a machine for three hundred
runs several page processes in front of one engine (the README's cluster, sticky by session), and
then has a token for everybody in well under a quarter second.
"""

from __future__ import annotations

import argparse

# name, parameters, layers, key-value heads, head size, vocabulary
MODELS = (
    ("fairy-causal", 15.3e6, 6, 12, 32, 11_066),
    ("smollm2-135m", 134.5e6, 30, 3, 64, 49_152),
    ("smollm2-360m", 361.8e6, 32, 5, 64, 49_152),
    ("qwen3-0.6b", 596e6, 28, 8, 128, 151_936),
)
KERNELS, PCIE, BYTES = 14, 20e9, 2  # launches a layer; bytes a second; of a bfloat16
RULES_AT = ((11_066, 0.65), (49_152, 1.09))  # measured: (vocabulary, milliseconds)


def rules_ms(vocabulary: int) -> float:
    """Milliseconds of one visitor's rules, on the line through the two measured vocabularies."""
    (low, first), (high, second) = RULES_AT
    return first + (second - first) * (vocabulary - low) / (high - low)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=300)
    parser.add_argument(
        "--tokens", type=int, default=300, help="length of each visitor's text, prompt included"
    )
    parser.add_argument(
        "--bandwidth",
        type=float,
        default=1000,
        help="GPU memory, GB a second (an L4 has 300, an A100 1,555, an H100 3,350)",
    )
    parser.add_argument("--kernel-us", type=float, default=6)
    parser.add_argument("--page-processes", type=int, nargs="+", default=[1, 4, 8])
    options = parser.parse_args()
    print(
        f"{options.visitors} visitors with texts of {options.tokens} tokens, "
        f"{options.bandwidth:g} GB/s (on paper; only the rules' share is measured)"
    )
    for name, parameters, layers, heads, size, vocabulary in MODELS:
        token_bytes = 2 * layers * heads * size * BYTES
        cache = options.visitors * options.tokens * token_bytes
        weights, keys = (
            parameters * BYTES / options.bandwidth / 1e6,
            cache / options.bandwidth / 1e6,
        )
        launches, transfer = (
            layers * KERNELS * options.kernel_us / 1e3,
            options.visitors * vocabulary * 4 / PCIE * 1e3,
        )
        forward = max(weights + keys, launches)
        print(
            f"{name}: weights {weights:.1f} ms, keys {keys:.1f} ms ({cache / 1e9:.1f} GB), "
            f"launches {launches:.1f} ms, logits over PCIe {transfer:.1f} ms, rules "
            f"{rules_ms(vocabulary):.2f} ms a visitor"
        )
        for processes in options.page_processes:
            rules = rules_ms(vocabulary) * options.visitors / processes
            tick = forward + transfer + rules
            print(
                f"    {processes} page processes: a token for everybody every {tick:.0f} ms "
                f"({1000 * options.visitors / tick:,.0f} tokens/s in all), {rules / tick:.0%} of "
                "it rules"
            )


if __name__ == "__main__":
    main()
