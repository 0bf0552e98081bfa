"""`label_image --heat_maps`: copies of pictures that show where the run sees the first label."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.inside import call
from tests.conftest import Trained


@pytest.fixture
def photos(trained: Trained, tmp_path: Path) -> list[Path]:
    """Two pictures of one name in two folders."""
    found = []
    for number, file in enumerate(sorted((trained.sample / "demo").rglob("*.jpg"))[:2]):
        found.append(tmp_path / f"day_{number}" / "photo.jpg")
        found[-1].parent.mkdir()
        shutil.copy(file, found[-1])
    return found


def test_each_picture_gets_a_copy_with_colours(trained, photos, tmp_path):
    place = ("--workspace", trained.workspace.root, "--json")
    done = call("label_image", *photos, "--heat_maps", tmp_path / "maps", *place)
    drawn = json.loads(done.stdout.splitlines()[-1])["heat_maps"]
    assert drawn == [str(tmp_path / "maps" / name) for name in ("photo.jpg", "photo_2.jpg")]
    for photo, copy in zip(photos, drawn, strict=True):
        with Image.open(photo) as before, Image.open(copy) as after:
            assert before.size == after.size
            assert np.abs(np.asarray(before, int) - np.asarray(after, int)).mean() > 10


def test_pictures_are_not_replaced_by_their_copies(trained, photos):
    before = photos[0].read_bytes()
    done = call(
        "label_image", photos[0], "--heat_maps", photos[0].parent, "--workspace", trained.workspace.root
    )
    assert done.status == 2 and "name another folder" in done.stderr
    assert photos[0].read_bytes() == before


def test_a_graph_has_none(photos, tmp_path):
    done = call("label_image", photos[0], "--graph", "any.pb", "--heat_maps", tmp_path / "maps")
    assert done.status == 2 and "A frozen graph has no heat maps" in done.stderr
