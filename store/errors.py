"""What can go wrong with the store, each with a sentence fit for a person."""

from __future__ import annotations


class StoreError(Exception):
    """Anything the store could not do; `str()` is a sentence that may be shown."""


class UnsupportedUrl(StoreError):
    """The URL names a kind of store that this program does not know."""


class Missing(StoreError):
    """There is no store at that place, or it was taken away while open."""


class BadPermissions(StoreError):
    """Others could read the store; the sentence says the command that mends it."""


class ReadOnly(StoreError):
    """The store can be read and not written."""


class Frozen(ReadOnly):
    """The store is being moved elsewhere, or was: it can be read and not written."""


class Full(StoreError):
    """There is no room left for the store."""


class Corrupt(StoreError):
    """The file is no store of ours, or is damaged."""


class NewerSchema(StoreError):
    """The store was made by a newer, or a different, version of the program."""


class Unfinished(StoreError):
    """The store was not finished by what made it, so nobody may use it yet."""


class Unavailable(StoreError):
    """The store cannot be reached now; trying again later may help."""


class InDoubt(StoreError):
    """A commit was cut off, and whether it took place could not be found out."""


class Duplicate(StoreError):
    """What was to be new exists already."""


class Stale(StoreError):
    """What was to be changed is no longer as it was when it was read."""


class Forgotten(StoreError):
    """What came after a place in the feed was erased since: read everything anew, and follow from there."""


class Refused(StoreError):
    """The store's own rules refused a value or a statement: a fault of the program."""
