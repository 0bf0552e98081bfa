"""Gathering from several sources at once, and refreshing what was gathered."""

import json
import os
import shlex
from collections.abc import Iterator

import pytest

from poetcore.cli.refreshing import next_commands
from poetcore.data.images import identify
from tests.badserver import BadServer, bad_server
from tests.cli.inside import call
from tests.conftest import encoded, picture
from tests.records import change_record
from tests.sources.test_archives import annotation, tar

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[BadServer]:
    with bad_server() as running:
        yield running


@pytest.fixture
def synsets(server: BadServer) -> str:
    """An endpoint with two pictures of n00000001 and three of n00000002."""
    lists = {"n00000001": server.photos(2), "n00000002": server.photos(3, first=10)}

    def page(handler: object) -> None:
        handler.answer(200, "\n".join(lists[handler.query()["wnid"]]).encode(), "text/plain")

    return server.page("/urls", page) + "?wnid={wnid}"


def gather(tmp_path, *arguments):
    done = call("gather", tmp_path / "dest", *arguments, "--workspace", tmp_path / "tf_files", "--json")
    assert done.status == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def words_of(command: str) -> list[str]:
    if os.name == "nt":
        return [word.strip('"') for word in shlex.split(command, posix=False)]
    return shlex.split(command)


def kept(answer) -> dict[str, int]:
    return {label: tally["kept"] for label, tally in answer["labels"].items()}


@pytest.mark.parametrize(
    "given", [("--wnid", "n00000001", "n00000002"), ("--wnid", "n00000001", "--wnid", "n00000002")]
)
def test_both_synsets_are_gathered(synsets, tmp_path, given):
    assert kept(gather(tmp_path, *given, "--wnid_endpoint", synsets)) == {"n00000001": 2, "n00000002": 3}


def test_each_synset_has_its_label(synsets, tmp_path):
    given = ("--wnid", "n00000001", "n00000002", "--label", "fly agaric", "chanterelle")
    answer = gather(tmp_path, *given, "--wnid_endpoint", synsets)
    assert kept(answer) == {"fly agaric": 2, "chanterelle": 3}


def test_a_synset_where_the_folder_belongs_is_no_folder(tmp_path):
    done = call("gather", "--wnid", "n00000001", "n00000002", "--workspace", tmp_path)
    assert (done.status, "name that first" in done.stderr) == (2, True)


def test_original_pictures_are_cropped_to_their_boxes(server, tmp_path):
    one, boxed = encoded(picture(1, (200, 160))), annotation("n00000001_1", (0, 0, 50, 80))
    server.body("/n00000001.tar", tar({"n00000001_1.JPEG": one}))
    server.body("/boxes.tar.gz", tar({"n00000001_1.xml": boxed}))
    endpoints = (
        "--original_endpoint",
        server.url + "/{wnid}.tar",
        "--boxes_endpoint",
        server.url + "/boxes.tar.gz",
    )
    answer = gather(tmp_path, "--wnid", "n00000001", "--original", "--bounding_boxes", *endpoints)
    (file,) = (tmp_path / "dest" / "n00000001").iterdir()
    assert (kept(answer), identify(file.read_bytes()).width) == ({"n00000001": 1}, 100)


def test_lists_may_go_into_one_label(server, tmp_path):
    for name, first in (("a.txt", 0), ("b.txt", 2)):
        (tmp_path / name).write_text("\n".join(server.photos(2, first)))
    given = ("--urls", tmp_path / "a.txt", tmp_path / "b.txt", "--label", "rose")
    assert kept(gather(tmp_path, *given)) == {"rose": 4}


def test_tables_are_gathered_together(server, tmp_path):
    for name, first in (("rose", 0), ("tulip", 2)):
        (tmp_path / f"{name}.txt").write_text("\n".join(server.photos(2, first)))
        (tmp_path / f"{name}.csv").write_text(f"{name},{name}.txt\n")
    answer = gather(tmp_path, "--table", tmp_path / "rose.csv", tmp_path / "tulip.csv")
    assert kept(answer) == {"rose": 2, "tulip": 2}


def test_the_most_frequent_reason_is_a_whole_sentence(server, tmp_path):
    same = encoded(picture(3))
    (tmp_path / "a.txt").write_text(server.body("/a.jpg", same))
    gather(tmp_path, "--label", "gill fungus", "--urls", tmp_path / "a.txt")
    (tmp_path / "b.txt").write_text(server.body("/b.jpg", same))
    done = call(
        *("gather", tmp_path / "dest", "--label", "rose", "--urls", tmp_path / "b.txt"),
        *("--workspace", tmp_path / "tf_files"),
    )
    assert done.stderr.splitlines()[-1] == (
        "Error: No picture could be gathered; most often a URL is the same picture as another that is there."
    )


@pytest.fixture
def trained_set(server, workspace, tmp_path):
    """A gathered set of two labels, a run that was trained on it, and lists to which a picture each came."""
    for name, first in (("rose", 0), ("tulip", 50)):
        (tmp_path / f"{name}.txt").write_text("\n".join(server.photos(10, first)))
    files = [tmp_path / f"{name}.txt" for name in ("rose", "tulip")]
    gather(tmp_path, "--urls", *files, "--label", "rose", "tulip")
    done = call(
        *("retrain", "--image_dir", tmp_path / "dest", "--run_name", "first", "--how_many_training_steps"),
        *("20", "--flip_left_right", "--distortion_variants", "1", "--workspace", workspace.root),
    )
    assert done.status == 0, done.stderr
    for name, first in (("rose", 0), ("tulip", 50)):
        (tmp_path / f"{name}.txt").write_text("\n".join(server.photos(11, first)))
    return tmp_path / "dest"


def test_after_a_refresh_the_old_and_the_new_model_are_compared_on_the_same_pictures(trained_set, tmp_path):
    answer = gather(tmp_path, "--again")
    assert kept(answer) == {"rose": 1, "tulip": 1}
    for command in answer["next"]:
        words = words_of(command)[3:]
        done = call(*words, "--json")
        assert done.status == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])  # of the last one
    assert (found["a"]["name"], found["b"]["name"]) == ("first", "first_again")
    assert found["a"]["total"] == found["b"]["total"] > 0
    assert "--how_many_training_steps 20 --flip_left_right --distortion_variants 1" in answer["next"][0]


def test_of_a_set_that_was_prepared_the_set_is_prepared_again_first(trained_set, workspace, tmp_path):
    done = call(
        "prepare", trained_set, tmp_path / "set", "--workspace", workspace.root, "--keep", "small_file,tiny"
    )
    assert done.status == 0, done.stderr
    done = call(
        *("retrain", "--image_dir", tmp_path / "set" / "train", "--how_many_training_steps", "20"),
        *("--workspace", workspace.root),
    )
    assert done.status == 0, done.stderr
    commands = next_commands(trained_set, workspace)
    assert [words_of(command)[3] for command in commands] == ["prepare", "retrain", "compare"]
    assert str(tmp_path / "set" / "demo") in words_of(commands[2])


def test_copies_that_an_old_run_kept_without_an_augmentation_are_not_typed(trained_set, workspace):
    run = workspace.run("first")
    options = run.record().options | {"flip_left_right": False}
    change_record(run.folder / "run.json", options=options)
    assert "--distortion_variants" not in next_commands(trained_set, workspace)[0]


def test_without_a_run_no_command_is_told(tmp_path, workspace):
    assert next_commands(tmp_path, workspace) == []
