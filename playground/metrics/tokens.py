"""What counts as a word in each script, for the scores that count words.

Text in Latin letters is cut as sacrebleu and rouge-score cut it. In scripts that put no spaces
between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan) each character, with the marks
on it, is a token of its own.
"""

from __future__ import annotations

import regex

_WITHOUT_SPACES = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}ーｰ"
)
_CHARACTER = rf"[[{_WITHOUT_SPACES}]&&[\p{{L}}\p{{N}}]]\p{{M}}*"
# letters of every other script but Latin, whose words stay as rouge-score cuts them; digits that
# are not ASCII
_LETTER = rf"[[\p{{L}}--\p{{Latin}}--\p{{Common}}][\p{{Nd}}--[0-9]]--[{_WITHOUT_SPACES}]]"
_ROUGE_TOKEN = regex.compile(
    rf"[a-z0-9]+|{_CHARACTER}|{_LETTER}(?:{_LETTER}|[\p{{M}}\u0640\u200c\u200d])*", regex.V1
)
# as sacrebleu's tokenizer for Chinese: punctuation of full width stands alone too
_ALONE = regex.compile(rf"{_CHARACTER}|[\u3000-\u303f\uff00-\uffef]", regex.V1)


def spaced(text: str) -> str:
    """The text with a space on both sides of each character of a script that puts none between
    words; other text unchanged.

    >>> spaced("我爱你, Anna")
    ' 我  爱  你 , Anna'
    """
    return _ALONE.sub(lambda found: f" {found.group()} ", text)


def rouge_tokens(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """ROUGE's tokens of a text, in lower case, and where each stands in it, (start, end).

    Runs of a-z and 0-9, as in rouge-score (a letter with an accent parts a word there, and here).
    Where rouge-score sees nothing at all, this sees words: runs of letters in other scripts with
    spaces (Greek, Cyrillic, Arabic, Hangul, ...), and each character, with the marks on it, in
    scripts without.

    >>> rouge_tokens("The cat: 我爱你")[0]
    ['the', 'cat', '我', '爱', '你']
    """
    lowered, places = [], []
    for place, character in enumerate(
        text
    ):  # lowering may make a character longer: places are those of the original
        small = character.lower()
        lowered.append(small)
        places.extend([place] * len(small))
    found = list(_ROUGE_TOKEN.finditer("".join(lowered)))
    spans = [(places[one.start()], places[one.end() - 1] + 1) for one in found]
    return [one.group() for one in found], spans
