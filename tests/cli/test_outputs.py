"""Every option that names an output: nothing of somebody else's is replaced, and nothing but a usual file."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from poetcore.cli.app import app
from tests.cli.inside import call
from tests.conftest import Trained

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among files")

#: command and option -> the ending of a file, "" of a folder into which files are written.
OUTPUTS = {
    ("backbones", "--chart"): ".svg",
    ("export", "--out"): ".keras",
    ("features", "--out"): ".npz",
    ("label_image", "--heat_maps"): "",
    ("label_image", "--output_csv"): ".csv",
    ("label_video", "--out"): ".csv",
    ("overview", "--output_csv"): ".csv",
    ("retrain", "--bottleneck_dir"): "",
    ("retrain", "--intermediate_output_graphs_dir"): "",
    ("retrain", "--model_dir"): "",
    ("retrain", "--output_graph"): ".pb",
    ("retrain", "--output_labels"): ".txt",
    ("retrain", "--summaries_dir"): "",
    ("slides", "--html"): ".html",
    ("slides", "--out"): "",
}

#: What is read, or is a folder of Poet's that has its own tests (`gather`, `prepare`).
OTHERS = {
    *("dir", "source", "image_dir", "demo_dir", "demo", "workspace", "files", "file", "image", "graph"),
    *("labels", "fonts", "urls", "table", "add", "dest", "folder", "bottlenecks", "dataset"),
}

FILES = [(*named, ending) for named, ending in OUTPUTS.items() if ending]
FOLDERS = [named for named, ending in OUTPUTS.items() if not ending]


def arguments(command: str, trained: Trained) -> list[object]:
    demo = trained.sample / "demo"
    needed: dict[str, list[object]] = {
        "features": [demo],
        "label_image": [next(demo.rglob("*.jpg"))],
        "label_video": [next(demo.rglob("*.jpg"))],
        "overview": [demo],
        "retrain": ["--image_dir", trained.sample / "train", "--intermediate_store_frequency", "10"],
        "slides": [demo],
    }
    return [command, *needed.get(command, []), "--workspace", trained.workspace.root]


def _photo(place: Path) -> None:
    place.write_bytes(b"\xff\xd8 a photo")


def _link(place: Path) -> None:
    (place.parent / "photo.jpg").write_bytes(b"\xff\xd8 a photo")
    place.symlink_to("photo.jpg")


def _device(place: Path) -> None:
    place.symlink_to("/dev/zero")


def _state(place: Path) -> list[tuple[str, int, int, bytes]]:
    """Return what is in a folder: names, kinds, inodes and contents of usual files."""
    found = []
    for one in sorted(place.iterdir()):
        stat = one.lstat()
        content = one.read_bytes() if one.is_file() else b""
        found.append((one.name, stat.st_mode, stat.st_ino, content))
    return found


@pytest.mark.parametrize("lies_there", [_photo, _link, os.mkfifo, _device])
@pytest.mark.parametrize(("command", "option", "ending"), FILES)
def test_what_is_there_stays(
    trained: Trained,
    tmp_path: Path,
    command: str,
    option: str,
    ending: str,
    lies_there: Callable[[Path], None],
) -> None:
    place = tmp_path / f"mine{ending}"
    lies_there(place)
    before = _state(tmp_path)
    done = call(*arguments(command, trained), option, place)
    assert (done.status, _state(tmp_path)) == (2, before), done.stderr
    assert "--force" in done.stderr or "pipe or a device" in done.stderr
    if lies_there in (os.mkfifo, _device):
        assert call(*arguments(command, trained), option, place, "--force").status == 2
        assert _state(tmp_path) == before


@pytest.mark.parametrize("lies_there", [_photo, os.mkfifo])
@pytest.mark.parametrize(("command", "option"), FOLDERS)
def test_no_file_is_taken_for_a_folder(
    trained: Trained, tmp_path: Path, command: str, option: str, lies_there: Callable[[Path], None]
) -> None:
    place = tmp_path / "mine"
    lies_there(place)
    before = _state(tmp_path)
    done = call(*arguments(command, trained), option, place)
    assert (done.status, _state(tmp_path)) == (2, before), done.stderr


def test_the_table_has_every_path_that_is_written() -> None:
    known = {(command, option.lstrip("-")) for command, option in OUTPUTS}
    for command in app.registered_commands:
        assert command.callback is not None
        for name, one in inspect.signature(command.callback, eval_str=True).parameters.items():
            if "Path" in str(get_args(one.annotation)[:1] or one.annotation) and name not in OTHERS:
                assert (command.name, name) in known, f"is {command.name} --{name} written or read?"
