"""Texts that the metrics are tried on."""

from hypothesis import strategies as st

WORDS = [
    "the",
    "king",
    "queen",
    "had",
    "a",
    "golden",
    "apple",
    "and",
    "it's",
    "well-known",
    ",",
    ".",
    "He",
    "3.5",
    "naïve",
    '"so"',
]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
anything = st.text(max_size=40)
