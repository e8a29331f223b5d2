"""A small word-piece tokenizer over the tale, for training runs that take a second, on one
thread."""

import re

import pytest
import torch

from playground.training.text import SPECIAL, build_tokenizer
from tests.training.tale import TALE, blocks


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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
