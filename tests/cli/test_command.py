"""Several values behind one option, and options that are repeated."""

import pytest
from typer.main import get_command

from poetcore.cli.app import app
from poetcore.cli.command import one_each
from tests.cli.inside import call

COMMANDS = get_command(app).commands


def words(command: str, text: str) -> str:
    return " ".join(one_each(text.split(), COMMANDS[command].params)[0])


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("dest --wnid A B", "dest --wnid A --wnid B"),
        ("dest --wnid A B C --count 5", "dest --wnid A --wnid B --wnid C --count 5"),
        ("--wnid A B dest", "--wnid A --wnid B dest"),
        ("--wnid A dest", "--wnid A dest"),
        ("--wnid A B --count 5 dest", "--wnid A --wnid B --count 5 dest"),
        ("--wnid A dest --count 5", "--wnid A dest --count 5"),
        ("dest --wnid A --wnid B", "dest --wnid A --wnid B"),
        ("dest --wnid=A B", "dest --wnid=A --wnid B"),
        ("dest --wnid A B --label x y", "dest --wnid A --wnid B --label x --label y"),
        ("--wnid A B -- dest", "--wnid A --wnid B -- dest"),
        ("dest --no_such A", "dest --no_such A"),
        ("dest --wnid", "dest --wnid"),
        ("dest --json other", "dest --json other"),
    ],
)
def test_an_option_is_repeated_before_each_of_its_values(given, read):
    assert words("gather", given) == read


def test_both_arguments_of_a_command_are_found():
    assert (
        words("prepare", "source set --exclude dark blurry") == "source set --exclude dark --exclude blurry"
    )
    assert words("prepare", "--exclude dark source set") == "--exclude dark source set"


def test_where_any_number_of_arguments_is_taken_none_is_a_value():
    assert words("label_image", "a.jpg b.jpg --run latest c.jpg") == "a.jpg b.jpg --run latest c.jpg"


def test_a_value_that_replaces_another_is_told(tmp_path):
    done = call("runs", "--workspace", tmp_path / "a", "--workspace", tmp_path / "b")
    assert done.stderr == (f"--workspace was given more than once: the last one counts, {tmp_path / 'b'}.\n")


def test_the_same_value_twice_is_not_told(tmp_path):
    assert call("runs", "--workspace", tmp_path, "--workspace", tmp_path, "--json", "--json").stderr == ""
