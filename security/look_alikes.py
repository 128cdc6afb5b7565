"""Look-alikes: two names that a person would take for one, whatever their letters are (R087, UTS 39).

Names of one script a word are all that is taken, so a look-alike is a word in another script from its
first letter to its last, a digit for a letter, or a case that nobody notices. The table holds what the
confusables of UTS 39 have of that; the scripts that have no letters in common with ours are not in it.
"""

from __future__ import annotations

import unicodedata

_SAME = str.maketrans(
    # Cyrillic
    "аеорсухкмтіјѕԁһԛԝѵАВЕКМНОРСТУХЅІЈԚԜѴ"
    # Greek
    "αινορυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    # Armenian and Coptic
    "օսհցՕՍⲟⲞ"
    # digits and strokes
    "01I|",
    "aeopcyxkmtijsdhqwvABEKMHOPCTYXSlJQWVaivopuABEZHlKMNOPTYXouhgOSoOOlll",
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def looks_like(name: str, other: str) -> bool:
    """Whether a person would take one name for the other, as they are written or both in capitals."""
    return _skeleton(name) == _skeleton(other) or _skeleton(name.upper()) == _skeleton(other.upper())


def passes_for(name: str, other: str) -> bool:
    """Whether a name could pass for another one; the same name, in whatever case, is no pretence."""
    return _plain(name) != _plain(other) and looks_like(name, other)


def _skeleton(name: str) -> str:
    """A name in the letters that it is drawn with."""
    looks = unicodedata.normalize("NFKD", name).translate(_SAME)
    for pair, letter in _PAIRS:
        looks = looks.replace(pair, letter)
    return looks


def _plain(name: str) -> str:
    """A name without its case."""
    return unicodedata.normalize("NFKC", name).casefold()
