"""What is told of a video: a row a time, and stretches of one answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.evaluation.video.labelled import LabelledVideo, labelled
from poetcore.evaluation.video.smoothing import smooth
from poetcore.workspace.label_groups import Cost, LabelGroups

#: Of daisy, dandelion, rose, sunflower and tulip.
ROSE, TULIP = [0.01, 0.01, 0.96, 0.01, 0.01], [0.0, 0.0, 0.1, 0.0, 0.9]
WAVERING = [0.0, 0.0, 0.55, 0.0, 0.45]
FLOWERS = LabelGroups({"thorny": ("rose",), "bulbs": ("tulip",)})


@pytest.fixture
def video(trained):
    """Makes a labelled video of a frame a second."""

    def make(
        *frames: list[float],
        unknown: tuple[bool | None, ...] = (),
        groups: LabelGroups | None = None,
        smoothing: float = 0.0,
    ) -> LabelledVideo:
        return labelled(
            Path("clip.mp4"),
            trained.run,
            range(len(frames)),
            np.array(frames),
            unknown or (False,) * len(frames),
            groups=groups or LabelGroups(),
            smoothing=smoothing,
            end=float(len(frames)),
        )

    return make


def test_frames_of_one_label_are_one_segment(video):
    told = [one.text for one in video(ROSE, ROSE, TULIP).segments()]
    assert told == ["0:00 to 0:02 rose 96 %", "0:02 to 0:03 tulip 90 %"]


def test_the_confidence_of_a_segment_is_the_mean(video):
    assert video(ROSE, [0, 0, 0.7, 0.3, 0]).segments()[0].confidence == pytest.approx(0.83)


def test_what_is_unknown_is_a_segment_of_its_own(video):
    told = [one.text for one in video(ROSE, ROSE, unknown=(False, True)).segments()]
    assert told == ["0:00 to 0:01 rose 96 %", "0:01 to 0:02 unknown (most probable rose 96 %)"]


def test_a_model_that_wavers_is_not_sure(video):
    assert video(WAVERING, WAVERING).segments()[0].words == "rose 55 % (not sure)"


def test_one_frame_of_something_else_does_not_flicker(video):
    frames = [ROSE] * 4 + [[0.5, 0, 0.45, 0.05, 0]] + [ROSE] * 4
    assert len(video(*frames).segments()) == 3
    assert len(video(*frames, smoothing=1.0).segments()) == 1


def test_one_frame_called_unknown_does_not_flicker(video):
    called = (False,) * 3 + (True,) + (False,) * 3
    assert len(video(*[ROSE] * 7, unknown=called, smoothing=2.0).segments()) == 1


def test_smoothing_hangs_on_the_time_and_not_on_the_frames():
    def after_a_second(frames: int) -> float:
        times = np.linspace(0, 1, frames + 1)
        return float(smooth(times, np.array([[0.0], *[[1.0]] * frames]), 0.4)[-1, 0])

    assert after_a_second(2) == pytest.approx(after_a_second(50)) == pytest.approx(1 - np.exp(-1 / 0.4))


def test_the_table_has_a_row_a_frame(video):
    table = video(ROSE, TULIP, unknown=(True, False)).table()
    assert list(table.columns[:5]) == ["time", "label", "confidence", "unknown", "p_daisy"]
    assert table["label"].tolist() == ["rose", "tulip"] and table["unknown"].tolist() == [True, False]
    assert table["time"].tolist() == [0.0, 1.0] and table["p_tulip"].tolist() == [0.01, 0.9]


def test_what_is_not_known_is_none(video):
    made = video(ROSE, ROSE, unknown=(None, None))
    assert made.table()["unknown"].tolist() == [None, None] and made.segments()[0].unknown is None


def test_groups_stand_in_the_segments_and_in_the_table(video):
    made = video(ROSE, TULIP, groups=FLOWERS)
    assert [one.text[-8:] for one in made.segments()] == ["[thorny]", " [bulbs]"]
    assert made.table()["groups"].tolist() == ["thorny", "bulbs"]


def test_the_answer_that_costs_the_least_stands_in_the_table(video):
    dear = LabelGroups(costs=(Cost("tulip", "rose", 50.0),))
    assert video(WAVERING, groups=dear).table()["least_cost"].tolist() == ["tulip"]


def test_a_run_of_several_labels_has_label_sets(pairs_trained):
    labels = pairs_trained.run.labels()
    both, none = [1.0] * len(labels), [0.0] * len(labels)
    made = labelled(
        Path("clip.mp4"),
        pairs_trained.run,
        [0, 1],
        np.array([both, none]),
        [None, None],
        groups=LabelGroups(),
        smoothing=0,
        end=2.0,
    )
    assert [one.words for one in made.segments()] == [f"{', '.join(labels[:-1])} and {labels[-1]}", "none"]
    assert made.table()["label"].tolist() == ["|".join(labels), ""]


def test_a_video_that_ends_at_its_last_frame_has_no_segment_backwards(video):
    made = replace(video(ROSE, ROSE), end=0.5)
    assert (made.segments()[0].start, made.segments()[0].end) == (0.0, 1.0)
