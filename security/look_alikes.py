"""Look-alikes: two names that a person would take for one, whatever their letters are (R087, UTS 39).

Names of one script a word are all that is taken, so a look-alike is a word in another script from its
first letter to its last, a digit for a letter, or a case that nobody notices. The table holds what the
confusables of UTS 39 have of that; the scripts that have no letters in common with ours are not in it.
"""

from __future__ import annotations

import unicodedata

_SAME = str.maketrans(
    # Cyrillic
    "аеорсухіјѕԁһԛԝѵАВЕКМНОРСТУХЅІЈԚԜѴ"
    # Greek
    "αινορυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    # Armenian and Coptic
    "օսհցՕՍⲟⲞ"
    # digits and strokes
    "01I|",
    "aeopcyxijsdhqwvABEKMHOPCTYXSlJQWVaivopuABEZHlKMNOPTYXouhgOSoOOlll",
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def skeleton(name: str) -> str:
    """What a name looks like: two names of one skeleton may pass for each other."""
    looks = unicodedata.normalize("NFKD", name).translate(_SAME)
    for pair, letter in _PAIRS:
        looks = looks.replace(pair, letter)
    return unicodedata.normalize("NFKD", looks.casefold())


def passes_for(name: str, other: str) -> bool:
    """Whether a name could pass for another one; the same name, in whatever case, is no pretence."""
    return _plain(name) != _plain(other) and skeleton(name) == skeleton(other)


def _plain(name: str) -> str:
    """A name without its case."""
    return unicodedata.normalize("NFKC", name).casefold()
