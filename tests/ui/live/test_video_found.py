"""What a browser sends of a whole video becomes what the command makes of it."""

from typing import Any

import pytest
import streamlit as st

from poetcore.charts.video import OTHER, video_chart
from poetcore.errors import RunError
from poetcore.ui.live.video_found import as_found, place_to_show

ROSE, TULIP = [0.0, 0.0, 0.9, 0.0, 0.1], [0.0, 0.0, 0.1, 0.0, 0.9]


@pytest.fixture
def sent(trained) -> dict[str, Any]:
    """Three frames, the last one unlike the training pictures."""
    return {
        "run": trained.run.name,
        "name": "clip.mp4",
        "times": [0.0, 10.0, 20.0],
        "probabilities": [ROSE, TULIP, TULIP],
        "unknown": [False, False, True],
        "end": 30.0,
        "problem": "",
    }


def test_frames_become_segments(trained, sent):
    assert [one.text for one in as_found(trained.run, sent).video.segments()] == [
        "0:00 to 0:10 rose 90 %",
        "0:10 to 0:20 tulip 90 %",
        "0:20 to 0:30 unknown (most probable tulip 90 %)",
    ]


def test_frames_of_another_run_are_refused(trained, sent):
    with pytest.raises(RunError, match="label it again"):
        as_found(trained.run, sent | {"run": "other"})
    with pytest.raises(RunError, match="label it again"):
        as_found(trained.run, sent | {"probabilities": [[1.0]] * 3})


def test_the_row_that_is_selected_is_a_place_in_the_video(monkeypatch):
    state = {"live_video_segments": {"selection": {"rows": [1]}}, "live_video_starts": [0.0, 2.5]}
    monkeypatch.setattr(st, "session_state", state)
    assert place_to_show() == (2.5, 2)
    state["live_video_segments"]["selection"]["rows"] = []
    assert place_to_show() is None


def test_the_strip_has_the_colours_of_the_lines_and_grey_for_what_is_unknown(trained, sent):
    video = as_found(trained.run, sent).video
    assert video.strip()["label"].tolist() == ["rose", "tulip", OTHER]
    drawn = video_chart(video.curve(), video.strip()).to_dict()
    scales = [layer["encoding"]["color"]["scale"] for layer in drawn["layer"]]
    assert scales[0] == scales[1] and scales[0]["domain"][-1] == OTHER


def test_of_label_sets_the_lines_are_drawn(pairs_trained, sent):
    labels = pairs_trained.run.labels()
    both = {"run": pairs_trained.run.name, "probabilities": [[0.9] * len(labels)] * 3}
    video = as_found(pairs_trained.run, sent | both).video
    assert video.strip().empty and set(video.curve()["label"]) == set(labels)
    assert len(video_chart(video.curve(), video.strip()).to_dict()["layer"]) == 3


def test_a_long_video_is_drawn_with_as_many_points_as_can_be_seen(trained, sent):
    frames = 5000
    long = sent | {
        "times": [float(number) for number in range(frames)],
        "probabilities": [ROSE] * frames,
        "unknown": [False] * frames,
    }
    assert len(as_found(trained.run, long).video.curve()) == 600 * 5
