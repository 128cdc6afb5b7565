"""Trouble: what a screen or a command catches when the store itself cannot serve.

Screens do not import the store; its errors reach them under this name, with a sentence fit for a
person as their text. Nothing of the act was kept when one is raised, save for `InDoubt`.
"""

from __future__ import annotations

from store.errors import InDoubt, NewerSchema, StoreError

StoreTrouble = StoreError
"""Every error of the store: locked, full, read-only, corrupt, missing, too new."""

__all__ = ["InDoubt", "NewerSchema", "StoreTrouble"]
