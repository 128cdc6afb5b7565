"""The documents of --json: each command has its published schema, and what it answers is by that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from strongroom.exits import ExitCode
from strongroom.grammar.tree import leaves, whole
from tests.strongroom.running import OWNER, PASSWORD, strongroom
from tests.strongroom.schemas import REFUSAL, SCHEMAS, conforming, schema_file

ANSWERING = tuple(
    sorted(
        title
        for title, parser in leaves(whole()).items()
        if any("--json" in action.option_strings for action in parser._actions)
    )
)
"""Every command that takes --json."""


def test_every_command_that_answers_has_a_schema_and_every_schema_a_command() -> None:
    expected = {schema_file(title).name for title in (*ANSWERING, REFUSAL)}
    assert {path.name for path in SCHEMAS.glob("*.json")} == expected


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_a_schema_is_one_is_closed_and_describes_each_property(path: Path) -> None:
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == path.name
    for part in _objects(schema):
        assert part["additionalProperties"] is False
        for name, about in part["properties"].items():
            assert about["description"].endswith("."), name


def _objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every part of a schema that describes an object."""
    found: list[dict[str, Any]] = []
    pending: list[Any] = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += part
        elif isinstance(part, dict):
            if part.get("type") == "object":
                found.append(part)
            pending += part.values()
    return found


def test_the_operators_commands_answer_by_their_schemas(home: Path) -> None:
    (home / "list").write_text("0000000A0E3B9F25FF41DE4B5AC238C2D545C7A8:15\n")
    founded = strongroom(home, "admin", "init", *OWNER, "--password-stdin", "--json", given=PASSWORD)
    assert conforming(founded.out)["email"] == "ada@harbour.example"
    rotated = conforming(strongroom(home, "admin", "keys", "rotate", "--json").out)
    assert len(rotated["key_ids"]) == 4
    imported = strongroom(home, "admin", "breach", "import", str(home / "list"), "--json")
    assert conforming(imported.out)["hashes"] == 1
    assert conforming(strongroom(home, "admin", "breach", "check", "--json").out)["is_usable"]
    assert conforming(strongroom(home, "audit", "verify", "--json").out)["is_whole"]
    assert conforming(strongroom(home, "doctor", "--json").out)["findings"]
    assert conforming(strongroom(home, "version", "--json").out)["version"]
    backup = conforming(strongroom(home, "admin", "backup", str(home / "copy"), "--json").out)
    assert not backup["is_apart_from_keys"]
    moved = strongroom(home, "admin", "move", "--to", f"sqlite://{home}/new.db", "--json")
    assert conforming(moved.out)["arrived_at"] == f"{home}/new.db"
    again = strongroom(home, "admin", "move", "--cancel", "--json")
    assert conforming(again.out)["error"]["exit_code"] == again.code
    (home / "keys.json").rename(home / "kept")
    (home / "strongroom.db").unlink()
    for name in home.glob("strongroom.db-*"):
        name.unlink()
    restored = strongroom(
        home, "--keys", str(home / "kept"), "admin", "restore", str(home / "copy"), "--json"
    )
    assert conforming(restored.out)["backup_made_at"] == backup["made_at"]


@pytest.mark.parametrize(
    ("arguments", "code", "tag"),
    [
        (("status", "--json"), ExitCode.AUTHENTICATION, "not_signed_in"),
        (("status", "--json", "--nonsense"), ExitCode.USAGE, "usage"),
        (("--json",), ExitCode.USAGE, "usage"),
        (("admin", "init", *OWNER, "--json"), ExitCode.CONFLICT, "conflict"),
        (("status", "--json", "--store", "nonsense"), ExitCode.USAGE, "usage"),
        (("login", "--json", "--email", "a@b.example"), ExitCode.AUTHENTICATION, "authentication"),
    ],
)
def test_a_refusal_is_a_document_too_and_its_sentence_goes_to_standard_error(
    founded: Path, arguments: tuple[str, ...], code: ExitCode, tag: str
) -> None:
    ended = strongroom(founded, *arguments)
    error = conforming(ended.out)["error"]
    assert (ended.code, error["exit_code"], error["tag"]) == (code, code, tag)
    assert error["sentence"] in ended.err


def test_a_wrong_password_is_told_by_its_tag(founded: Path) -> None:
    ended = strongroom(
        founded,
        "login",
        "--email",
        "ada@harbour.example",
        "--password-stdin",
        "--json",
        given="Wrong-1-Wrong-2\n",
    )
    assert conforming(ended.out)["error"]["tag"] == "wrong_credentials"
    assert "Wrong-1" not in ended.out + ended.err
