"""`label_video`: lines of text, one object of JSON, a CSV file, and sentences where something is wrong."""

import json

import pandas as pd
import pytest

from tests.cli.inside import call
from tests.videos import sample_video

pytest.importorskip("av", exc_type=ImportError)


@pytest.fixture(scope="module")
def clip(trained, tmp_path_factory):
    return sample_video(tmp_path_factory.mktemp("video") / "clip.mp4", trained.sample)


@pytest.fixture
def place(trained):
    return ("--workspace", trained.workspace.root)


def test_a_line_is_a_stretch_of_one_label(clip, place, trained):
    lines = call("label_video", clip, *place).stdout.splitlines()
    assert [line.split()[:4] for line in lines[:2]] == [
        ["0:00", "to", "0:02", "rose"],
        ["0:02", "to", "0:05", "sunflower"],
    ]
    assert lines[-1] == f"10 frames of 0:05, one every 0.5 s, by {trained.run.name}."


def test_json_has_segments_and_frames(clip, place):
    done = call("label_video", clip, "--every", 1, "--top", 2, "--json", *place)
    found = json.loads(done.stdout.splitlines()[-1])
    assert [(one["start"], one["end"], one["label"]) for one in found["segments"]] == [
        (0.0, 2.0, "rose"),
        (2.0, 5.0, "sunflower"),
    ]
    assert [one["time"] for one in found["frames"]] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [len(one["scores"]) for one in found["frames"]] == [2] * 5
    assert found["problem"] is None and found["seconds"] == 5.0


def test_the_csv_file_has_a_row_a_frame(clip, place, tmp_path):
    done = call("label_video", clip, "--every", 1, "--out", tmp_path / "a.csv", *place)
    assert str(tmp_path / "a.csv") in done.stdout
    table = pd.read_csv(tmp_path / "a.csv")
    assert table["time"].tolist() == [0, 1, 2, 3, 4] and table["label"].tolist()[0] == "rose"
    assert table.columns[4] == "p_daisy"


def test_what_is_wrong_is_one_sentence_and_the_status_of_wrong_use(clip, place, tmp_path, monkeypatch):
    def told(*words: object) -> str:
        done = call("label_video", *words, *place)
        assert done.status == 2 and not done.stdout and "Traceback" not in done.stderr
        return done.stderr

    (tmp_path / "a.mp4").write_text("no video")
    assert "a.mp4 is not a video that can be read" in told(tmp_path / "a.mp4")
    assert "nothing.mp4 does not exist" in told(tmp_path / "nothing.mp4")
    assert "every must be more than 0" in told(clip, "--every", 0)
    assert "can be no CSV file" in told(clip, "--out", tmp_path)
    assert (
        "is the video itself, which would be lost" in told(clip, "--out", clip)
        and clip.read_bytes()[4:8] == b"ftyp"
    )
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    assert "pip install av" in told(clip)
