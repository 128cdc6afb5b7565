"""Look-alikes: two names that a person would take for one, whatever their letters are (R087, UTS 39).

Names of one script a word are all that is taken, so a look-alike is a word in another script from its
first letter to its last, a digit for a letter, or a case that nobody notices. The table holds what the
confusables of UTS 39 have of that; the scripts that have no letters in common with ours are not in it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from security.emails import shown

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
    # digits and strokes, the palochka of Cyrillic among them
    "01I|ӏӀ",
    "aeopcyxkmtijsdhqwvABEKMHOPCTYXSlJQWVaivopuABEZHlKMNOPTYXouhgOSoO"
    "ABCDEFGHlJKLMNOPRSTUVWXYZd"
    "ADEGHJKLMPRRSTVWWYZBCb"
    "Olllll",
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


def address_passes_for(address: str, other: str) -> bool:
    """Whether an address, in its canonical form, could pass for another, or its domain for another domain.

    Addresses in ASCII are given by those who keep the mail, where jol@ and jo1@ are two people; what looks
    like one of them by letters of another script is made to mislead.
    """
    if address.isascii() and other.isascii() and "xn--" not in address and "xn--" not in other:
        return False
    local, _, domain = address.rpartition("@")
    other_local, _, other_domain = other.rpartition("@")
    if domain == other_domain:
        return _passes_for(local, other_local)
    return _passes_for(shown(domain), shown(other_domain))


def _passes_for(part: str, other: str) -> bool:
    """The same for one part, of which one at least is not in ASCII."""
    return not (part.isascii() and other.isascii()) and Looks.of(part).passes_for(other)


def _skeleton(name: str) -> str:
    """A name in the letters that it is drawn with."""
    looks = unicodedata.normalize("NFKD", name.translate(_TYPED)).translate(_SAME)
    for pair, letter in _PAIRS:
        looks = looks.replace(pair, letter)
    return looks


def _plain(name: str) -> str:
    """A name without its case and without what a keyboard makes of it."""
    return unicodedata.normalize("NFKC", name.translate(_TYPED)).casefold()
