"""The command that gathers: its answer, and its errors for wrong use."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.imagenet import synset_urls
from tests.badserver import BadServer, bad_server
from tests.conftest import run_poet

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[BadServer]:
    with bad_server() as running:
        yield running


def gather(tmp_path: Path, *arguments: object) -> tuple[int, dict[str, object], str]:
    """Run the command; gives its status, its JSON and the last line of its messages."""
    done = run_poet("gather", tmp_path / "dest", *arguments, "--workspace", tmp_path / "ws", "--json")
    assert "Traceback" not in done.stderr
    return (
        done.returncode,
        json.loads(done.stdout.splitlines()[-1]) if done.stdout else {},
        (done.stderr.splitlines() or [""])[-1],
    )


def test_a_list_is_gathered_and_the_answer_is_complete(server, tmp_path):
    dead = server.url + "/none.jpg"
    (tmp_path / "urls.txt").write_text("\n".join([*server.photos(3), dead, "nonsense"]))
    status, answer, _ = gather(tmp_path, "--label", "daisy", "--urls", tmp_path / "urls.txt")
    assert (status, answer) == (
        0,
        {
            "path": str(tmp_path / "dest"),
            "labels": {"daisy": {"asked": 4, "kept": 3, "there_already": 0, "rejected": 1}},
            "files": 3,
            "rejected": [{"label": "daisy", "address": dead, "reason": "answered 404 Not Found"}],
            "problems": [],
            "log": str(tmp_path / "dest" / ".poet" / "gather.csv"),
            "attribution": None,
        },
    )


def test_a_bad_line_is_reported(server, tmp_path):
    (tmp_path / "urls.txt").write_text("\n".join([*server.photos(1), "file:///etc/passwd"]))
    done = run_poet(
        *("gather", tmp_path / "dest", "--label", "daisy", "--urls", tmp_path / "urls.txt"),
        *("--workspace", tmp_path / "ws"),
    )
    assert "line 2" in done.stderr and "only http and https URLs are fetched" in done.stderr


def test_a_table_is_gathered(server, tmp_path):
    (tmp_path / "daisy.txt").write_text("\n".join(server.photos(3)))
    (tmp_path / "rose.txt").write_text("\n".join(server.photos(2, first=10)))
    (tmp_path / "table.csv").write_text("daisy,daisy.txt\nrose,rose.txt\n")
    _, answer, _ = gather(tmp_path, "--table", tmp_path / "table.csv")
    assert {label: tally["kept"] for label, tally in answer["labels"].items()} == {"daisy": 3, "rose": 2}


def test_a_synset_is_gathered(server, tmp_path):
    listed = "\r\n".join(f"n12997654_{i}\t{url}" for i, url in enumerate(server.photos(3)))
    server.body("/geturls", listed.encode(), "text/plain")
    endpoint = server.url + "/geturls?wnid={wnid}"
    _, answer, _ = gather(
        tmp_path, "--wnid", "n12997654", "--wnid_endpoint", endpoint, "--label", "gill fungus"
    )
    assert (answer["labels"]["gill fungus"]["kept"], server.requested[-0]) == (3, "/geturls?wnid=n12997654")


def test_a_synset_without_a_list_is_an_error(server):
    server.body("/geturls", b"<html>The synset is not ready yet", "text/html")
    with pytest.raises(DownloadError, match="has no URL in it"):
        synset_urls("n12997654", server.url + "/geturls?wnid={wnid}")


@pytest.mark.parametrize("wnid", ["12997654", "n1299765", "n12997654/..", ""])
def test_a_wrong_synset_is_refused(wnid):
    with pytest.raises(OptionError, match="n and eight digits"):
        synset_urls(wnid)


def test_nothing_at_all_ends_with_status_1(server, tmp_path):
    (tmp_path / "urls.txt").write_text(f"{server.url}/a.jpg\n{server.url}/b.jpg\n")
    status, _, message = gather(tmp_path, "--label", "daisy", "--urls", tmp_path / "urls.txt")
    assert (status, message) == (
        1,
        "Error: No picture could be gathered; most often a URL answered 404 Not Found.",
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "one of --urls, --table, --wnid and --taxon"),
        (("--urls", "u.txt", "--taxon", "x"), "one of --urls, --table, --wnid and --taxon"),
        (("--urls", "u.txt"), "--urls needs --label"),
        (
            ("--urls", "u.txt", "v.txt", "w.txt", "--label", "a", "b"),
            "2 labels cannot be shared out among 3 sources",
        ),
        (("--urls", "u.txt", "--label", "a", "--original"), "--original goes with --wnid or --taxon"),
        (("--taxon", "x", "--bounding_boxes"), "--bounding_boxes goes with --wnid"),
        (("--wnid", "n00000001", "--original_endpoint", "http://a"), "{wnid} in it"),
        (("--again",), "Nothing was gathered into"),
        (("--urls", "no-such-file.txt", "--label", "a"), "cannot be read"),
        (("--urls", __file__, "--label", "../a"), "A label becomes the name of a folder"),
        (("--table", "t.csv", "--label", "a"), "--label does not go with --table"),
        (("--wnid", "x"), "n and eight digits"),
        (("--taxon", "x", "--licences", "mit"), "Licences are"),
        (("--taxon", "x", "--size", "huge"), "size is one of"),
        (("--taxon", "x", "--taxon_endpoint", "ftp://a"), "endpoint is a URL"),
        (("--taxon", "x", "--count", "0"), "count is a number"),
        (("--taxon", "x", "--workers", "0"), "workers must be at least 1"),
    ],
)
def test_wrong_use_ends_with_status_2_and_a_sentence(tmp_path, arguments, why):
    status, _, message = gather(tmp_path, *arguments)
    assert (status, why in message) == (2, True), message
