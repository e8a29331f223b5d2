"""A small word-piece tokenizer over the tale, for training runs that take a second."""

import re

import pytest

from playground.training.text import SPECIAL, build_tokenizer
from tests.training.tale import TALE, blocks


@pytest.fixture(scope="session")
def tokenizer():
    words = sorted(set(re.findall(r"[a-z]+|[^a-z\s]", TALE.lower())))
    letters = [chr(code) for code in range(97, 123)]
    return build_tokenizer(
        [*SPECIAL, *dict.fromkeys([*letters, *("##" + letter for letter in letters), *words])]
    )


@pytest.fixture(scope="session")
def tale_blocks():
    return blocks()
