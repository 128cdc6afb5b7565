"""Look-alikes: two names that a person would take for one, whatever their letters are (R087, UTS 39).

Names of one script a word are all that is taken, so a look-alike is a word in another script from its
first letter to its last, a digit for a letter, or a case that nobody notices. The table holds what the
confusables of UTS 39 have of that; the scripts that have no letters in common with ours are not in it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_SAME = str.maketrans(
    # Cyrillic
    "аеорсухкмтіјѕԁһԛԝѵАВЕКМНОРСТУХЅІЈԚԜѴ"
    # Greek
    "αινορυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    # Armenian and Coptic
    "օսհցՕՍⲟⲞ"
    # Lisu and Cherokee
    "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜꓒ"
    "ᎪᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏒᏚᎢᏙᎳᏔᎩᏃᏴᏟᏏ"
    # digits and strokes
    "01I|",
    "aeopcyxkmtijsdhqwvABEKMHOPCTYXSlJQWVaivopuABEZHlKMNOPTYXouhgOSoO"
    "ABCDEFGHlJKLMNOPRSTUVWXYZd"
    "ADEGHJKLMPRRSTVWWYZBCb"
    "Olll",
)
_TYPED = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u02bc", "------'''")
"""Dashes and apostrophes, of which keyboards and programs put one for another."""
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


@dataclass(frozen=True, slots=True)
class Looks:
    """What a name looks like, to be held against many others."""

    name: str
    written: str
    """Its skeleton as it is written."""
    capitals: str
    """Its skeleton in capitals, as a sign or a form may have it."""

    @classmethod
    def of(cls, name: str) -> Looks:
        """Look at a name."""
        return cls(name, _skeleton(name), _skeleton(name.upper()))

    def like(self, other: str) -> bool:
        """Whether a person would take another name for this one."""
        return self.written == _skeleton(other) or self.capitals == _skeleton(other.upper())

    def passes_for(self, other: str) -> bool:
        """Whether it could pass for another name; the same name, in whatever case, is no pretence."""
        return self.like(other) and _plain(self.name) != _plain(other)


def _skeleton(name: str) -> str:
    """A name in the letters that it is drawn with."""
    looks = unicodedata.normalize("NFKD", name.translate(_TYPED)).translate(_SAME)
    for pair, letter in _PAIRS:
        looks = looks.replace(pair, letter)
    return looks


def _plain(name: str) -> str:
    """A name without its case and without what a keyboard makes of it."""
    return unicodedata.normalize("NFKC", name.translate(_TYPED)).casefold()
