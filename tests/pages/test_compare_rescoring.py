"""A text that one model wrote, read by another: the seam between prompt and text."""

import pytest

from playground.pages.compare.rescoring import common_beginning, judged_ids, text_behind


class Pieces:
    """Word pieces: a space before each word but the first of a text, none before a comma; spaces at
    a text's end are lost."""

    WORDS = ("a", "king", "who", "had", ",", "##dom", "kingdom")

    def encode(self, text):
        return [self.WORDS.index(word) for word in text.replace(",", " ,").split()]

    def decode(self, ids):
        return " ".join(self.WORDS[token] for token in ids).replace(" ,", ",").replace(" ##", "")


class Bytes:
    """A judge that reads bytes, so nothing of the text is lost."""

    def encode(self, text):
        return list(text.encode())

    def decode(self, ids):
        return bytes(ids).decode(errors="replace")


@pytest.mark.parametrize(
    ("prompt", "written", "text"),
    [
        ("a king", "who had", " who had"),
        ("a king", ", who", ", who"),
        ("a king", "##dom had", "dom had"),
        ("a king ", "who had", "who had"),
        ("a king\n", "who", "who"),
        ("a king", "", ""),
    ],
)
def test_a_text_goes_on_as_its_writer_joins_it(prompt, written, text):
    assert text_behind(Pieces(), prompt, Pieces().encode(prompt), Pieces().encode(written)) == text


def test_bytes_keep_the_spaces_that_were_written():
    assert text_behind(Bytes(), "a ", list(b"a "), list(b" b")) == " b"
    assert text_behind(Bytes(), "a", list(b"a"), list("é".encode())) == "é"


def test_the_judge_scores_what_stands_behind_the_prompt():
    assert judged_ids(Bytes(), "ab", "cd") == (list(b"ab"), list(b"cd"))
    assert judged_ids(Pieces(), "a king", "dom had") == (
        [0],
        [6, 3],
    )  # a token over the seam is scored whole
    assert judged_ids(Pieces(), "king", "dom") == ([6], [])  # nothing is scored without a context


def test_the_common_beginning():
    assert (
        common_beginning([[1, 2, 3], [1, 2], [1, 2, 4]]) == 2
        and common_beginning([[1], [2]]) == 0
        and common_beginning([[], [1]]) == 0
    )
