"""A folder as people really have them: bad files, odd files and odd names among good pictures."""

import json
import os
import struct
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture, run_poet

pytestmark = pytest.mark.slow

LABELS = {"ash, common": 12, "береза": 13, "[red] oak": 11}


def huge_png(side: int) -> bytes:
    """A whole, valid PNG of black pixels, one bit each: small on disk, enormous in memory."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    pixels = b"".join([squeeze.compress(row) for _ in range(side)]) + squeeze.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def sixteen_bit() -> Image.Image:
    return Image.fromarray(np.linspace(0, 65535, 60 * 70).reshape(60, 70).astype(np.uint16))


def turned(seed: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(picture(seed), exif=exif)


def animation() -> bytes:
    return encoded(picture(912), "GIF", save_all=True, append_images=[picture(913), picture(914)])


def see_through() -> bytes:
    return encoded(picture(915).quantize(16), "PNG", transparency=3)


#: What must be refused, with a part of the reason.
BAD = {
    "empty.jpg": (b"", "is empty (0 bytes)"),
    "torn.jpg": (encoded(picture(901, (640, 480)))[:3000], "truncated"),
    "torn.png": (encoded(picture(902, (640, 480)), "PNG")[:3000], "truncated"),
    "header only.jpg": (encoded(picture(903))[:20], "is damaged"),
    "text.jpg": (b"Dear Anna,\nhere are the pictures.\n", "is not a picture"),
    "page.png": (b"<!DOCTYPE html><title>Not found</title>", "is a web page"),
    "drawing.png": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is a drawing"),
    "phone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is damaged"),
    "zip.jpg": (b"PK\x03\x04" + bytes(60), "is a zip file"),
    "zeros.gif": (bytes(5000), "is not a picture"),
    "bomb.png": (huge_png(30_000), "megapixels"),
    "notes": (b"bought in May", "is not a picture"),
}

#: What must be used although it is odd.
ODD = {
    "cmyk.jpg": encoded(picture(910, mode="CMYK")),
    "sixteen.png": encoded(sixteen_bit(), "PNG"),
    "animated.gif": animation(),
    "palette.png": see_through(),
    "grey and alpha.png": encoded(picture(916, mode="LA"), "PNG"),
    "one bit.png": encoded(picture(917, mode="1"), "PNG"),
    "one pixel.png": encoded(picture(918, (1, 1)), "PNG"),
    "a line.png": encoded(picture(919, (900, 1)), "PNG"),
    "turned.jpg": turned(920),
    "really a webp.jpg": encoded(picture(921), "WEBP"),
    "no ending": encoded(picture(922)),
    "SHOUTING.JPEG": encoded(picture(923)),
    "صورة.jpg": encoded(picture(924)),
    "照片.jpg": encoded(picture(925)),
    "🌳.jpg": encoded(picture(926)),
    "e\u0301te\u0301.jpg": encoded(picture(927)),
    "it's, fine.jpg": encoded(picture(928)),
    "=1+1.jpg": encoded(picture(929)),
    "-x.jpg": encoded(picture(930)),
    "[bold]%s{}.jpg": encoded(picture(931)),
}

#: Names that only some systems allow.
POSIX_ODD = {
    "two\nlines.jpg": encoded(picture(932)),
    'a "quote".jpg': encoded(picture(933)),
    "back\\slash.jpg": encoded(picture(934)),
}


@dataclass
class Outcome:
    """The folder, what must become of its files, and what three commands said."""

    folder: Path
    workspace: Workspace
    bad: dict[str, str] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self) -> Run:
        return Run(Path(self.said["retrain"]["run_dir"]))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, backbone_file: Path) -> Outcome:
    base = tmp_path_factory.mktemp("hostile")
    made = Outcome(fill(base / "pic tures", LABELS), Workspace(base / "tf_files"))
    made.workspace.models.mkdir(parents=True)
    (made.workspace.models / backbone_file.name).write_bytes(backbone_file.read_bytes())
    homes = [made.folder / label for label in LABELS]
    for number, (name, (content, reason)) in enumerate(BAD.items()):
        file = homes[number % 3] / name
        file.write_bytes(content)
        made.bad[str(file)] = reason
    odd = ODD | (POSIX_ODD if os.name == "posix" else {})
    for number, (name, content) in enumerate(odd.items()):
        file = homes[number % 3] / name
        file.write_bytes(content)
        made.odd.add(str(file))
    (homes[1] / "x.jpg").mkdir()
    made.bad[str(homes[1] / "x.jpg")] = "is a folder"
    if os.name == "posix":
        (homes[0] / "gone.jpg").symlink_to(base / "nowhere.jpg")
        made.bad[str(homes[0] / "gone.jpg")] = "is a link to a file that is gone"
    if sys.platform == "linux":
        Path(os.fsdecode(os.fsencode(homes[0]) + b"/bad\xff.jpg")).write_bytes(encoded(picture(940)))
        made.bad[str(homes[0] / "bad\\xff.jpg")] = "valid Unicode"
    here = ["--workspace", made.workspace.root, "--json"]
    commands = {
        "overview": [made.folder],
        "retrain": ["--image_dir", made.folder, "--how_many_training_steps", 60],
        "evaluate": [made.folder],
    }
    for command, arguments in commands.items():
        done = run_poet(command, *arguments, *here)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        made.said[command] = json.loads(done.stdout.splitlines()[-1])
    return made


def assert_refused(found: dict[str, str], wanted: dict[str, str]) -> None:
    assert sorted(found) == sorted(wanted)
    assert {path: reason for path, reason in found.items() if wanted[path] not in reason} == {}


def test_the_folder_is_hostile_enough(outcome):
    assert len(outcome.bad) + len(outcome.odd) >= 30


@pytest.mark.parametrize("command", ["retrain", "evaluate"])
def test_every_bad_file_is_skipped_with_its_reason(outcome, command):
    skipped = outcome.said[command]["skipped"]
    assert_refused({one["path"]: one["reason"] for one in skipped}, outcome.bad)


def test_every_bad_file_is_an_issue_of_the_overview(outcome):
    issues = [issue for issue in outcome.said["overview"]["issues"] if issue["issue"] == "unreadable"]
    assert_refused({issue["path"]: issue["detail"] for issue in issues}, outcome.bad)


def test_no_file_is_listed_twice(outcome):
    assert len(outcome.said["retrain"]["skipped"]) == len(outcome.bad)


def test_every_odd_picture_is_trained_on(outcome):
    assert outcome.odd - set(outcome.run().split()["path"]) == set()


def test_every_odd_picture_is_evaluated(outcome):
    (evaluation,) = outcome.run().evaluations()
    assert outcome.odd - set(evaluation.predictions()["path"]) == set()


def test_all_good_pictures_are_used(outcome):
    good = sum(LABELS.values()) + len(outcome.odd)
    assert sum(outcome.said["retrain"]["splits"].values()) == good
    assert (outcome.said["overview"]["total"], outcome.said["evaluate"]["total"]) == (good, good)


def test_odd_labels_are_kept_as_they_are(outcome):
    assert outcome.run().labels() == sorted(LABELS)


def test_pictures_that_were_trained_or_validated_on_are_leaked(outcome):
    splits = outcome.said["retrain"]["splits"]
    assert outcome.said["evaluate"]["leaked"] == splits["training"] + splits["validation"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_listed(tmp_path):
    folder = fill(tmp_path / "pictures", {"ash": 2, "oak": 2})
    (folder / "ash" / "ash_001.jpg").chmod(0)
    done = run_poet("overview", folder, "--workspace", tmp_path / "tf_files", "--json")
    (issue,) = json.loads(done.stdout.splitlines()[-1])["issues"]
    assert "may not be read (no permission)" in issue["detail"]
