"""Spelling: a key or a code letter by letter, so that it can be heard and not only seen."""

from __future__ import annotations

_DIGITS = {
    "0": "zero",
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
}

_ALPHABET = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa "
    "Quebec Romeo Sierra Tango Uniform Victor Whiskey Xray Yankee Zulu"
)
_WORDS = {word[0]: word for word in _ALPHABET.split()}
"""The spelling alphabet of ICAO Annex 10, volume II: letters that sound alike are told apart by it."""

GROUP = 4
"""Signs that are read in one breath."""


def groups_of(text: str) -> list[str]:
    """Signs in groups of four, without dashes and blanks."""
    signs = text.replace("-", "").replace(" ", "")
    return [signs[start : start + GROUP] for start in range(0, len(signs), GROUP)]


def letter_by_letter(text: str) -> list[str]:
    """One line for each group: "Group 2 of 8: Y, three, D, P"; a digit beside its word is heard as two."""
    return _lines(text, by_word=False)


def in_spelling_alphabet(text: str) -> list[str]:
    """One line for each group: "Group 2 of 8: Yankee, three, Delta, Papa"."""
    return _lines(text, by_word=True)


def _lines(text: str, *, by_word: bool) -> list[str]:
    """The groups with their numbers, each sign told in one way or the other."""
    groups = groups_of(text)
    return [
        f"Group {place} of {len(groups)}: {', '.join(_told(sign, by_word=by_word) for sign in group)}"
        for place, group in enumerate(groups, 1)
    ]


def _told(sign: str, *, by_word: bool) -> str:
    """One sign."""
    if sign in _DIGITS:
        return _DIGITS[sign]
    return _WORDS.get(sign, sign) if by_word else sign
