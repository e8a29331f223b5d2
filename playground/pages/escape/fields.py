"""What the Escape page knows before anything is computed: its fields and its first example. Imports nothing heavy, for the page to open fast."""

# name: (default, low, high, whole)
FIELDS = {
    "delta_e": (2.0, -2.0, 40.0, False),
    "temperature": (0.5, 0.0, 10.0, False),
    "rivals": (3, 1, 100_000, True),
    "top_p": (0.9, 0.0, 1.0, False),
    "min_p": (0.0, 0.0, 1.0, False),
    "top_k": (0, 0, 100_000, True),
    "repetition_penalty": (1.05, 1.0, 10.0, False),
    "frequency_penalty": (0.15, 0.0, 10.0, False),
    "loop_logit": (12.0, -1000.0, 1000.0, False),
    "visits": (0, 0, 1000, True),
}
ORDERS = ("transformers", "llama.cpp")
EXAMPLE = "cat 10\ndog 8\ncar 5\nhouse 2\ntree 1\nbook 0.5"
# prompts whose greedy text was seen to loop, by model
LOOPING = {
    "fairy-causal": [
        "the sea, the sea, the sea",
        "and the wind blew, and the wind blew",
        "cock-a-doodle-doo",
    ],
    "smollm2-135m": [
        "the sea, the sea, the sea",
        "there was a king who had a",
        "I am not sure what to do. I am not sure what to do.",
    ],
}
