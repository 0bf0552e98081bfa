"""A journal that came with somebody's folder, or was damaged, moves nothing and stops nothing."""

import json

import pytest

from poetcore.curation.repair import Repairs
from poetcore.data.file_index import sha_of
from tests.conftest import fill

_WORDS = {"time": "2026-01-01T00:00:00+00:00", "action": "relabel", "label": "two", "reason": ""}


def begun(**changes: object) -> list[dict[str, object]]:
    """A step that was killed in the middle."""
    line = {"event": "begin", "step": "1", "undoes": None, "time": "2026", "made": [], "moves": []}
    return [line | changes]


@pytest.mark.parametrize("outside", ["../secret.jpg", "/{}/secret.jpg", "one/../../secret.jpg"])
def test_no_move_that_was_begun_elsewhere_is_finished(tmp_path, outside):
    made = fill(tmp_path / "set", {"one": 2, "two": 2})
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    place = outside.format(tmp_path)
    lines = [{"event": "propose", "id": "1", "path": place, "sha": sha_of(b"secret"), **_WORDS}]
    lines += begun(
        moves=[{"id": "1", "from": place, "to": "two/secret.jpg"}], restored=["../made"], emptied=["../empty"]
    )
    (tmp_path / "empty").mkdir()
    (made / ".poet").mkdir()
    (made / ".poet" / "repairs.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    Repairs(made).recover()
    assert secret.read_bytes() == b"secret" and (tmp_path / "empty").is_dir()
    assert not (tmp_path / "made").exists() and not (made / "two" / "secret.jpg").exists()


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "done", "id": "7"}',
        '{"event": "begin", "step": "x", "undoes": null, "time": "", "made": [], "moves": []}',
        '{"event": "begin", "moves": 3}',
        '{"event": "propose", "path": 3}',
        '{"event": "withdraw", "ids": [[]]}',
        '{"event": "_text"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_fits_nothing_is_passed_over(tmp_path, line):
    made = fill(tmp_path / "set", {"one": 1})
    (made / ".poet").mkdir()
    (made / ".poet" / "repairs.jsonl").write_text(f"{line}\n")
    repairs = Repairs(made)
    assert (repairs.pending(), repairs.steps()) == ([], [])
