"""Operations: the flows of whoever may read the store's files and keys, in one bundle that no screen has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from security.members import Members
    from security.organisations import Organisations


@dataclass(frozen=True, slots=True)
class Operations:
    """What an operator may do; every act names them in the audit."""

    organisations: Organisations
    members: Members
