"""The published schemas: what a program may rely on, held against every document that a test is given."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.strongroom.running import ROOT

SCHEMAS = ROOT / "docs" / "schemas"

REFUSAL = "refusal"
"""The schema of every command that could not go on."""


def schema_file(title: str) -> Path:
    """Where the schema of a command stands, by its words."""
    return SCHEMAS / f"{title.replace(' ', '-')}.json"


@cache
def validator(title: str) -> Draft202012Validator:
    """The validator of a command's documents, formats included."""
    schema = json.loads(schema_file(title).read_text())
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def conforming(out: str) -> dict[str, Any]:
    """What a command answered with --json: one document, by the schema of the command that it names."""
    document: dict[str, Any] = json.loads(out)
    assert out.isascii()
    assert out.endswith("}\n")
    validator(REFUSAL if "error" in document else document["command"]).validate(document)
    return document
