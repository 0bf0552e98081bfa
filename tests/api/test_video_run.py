"""A run asked from Python which label a video shows when."""

import pytest

import poetcore as poet
from poetcore.errors import OptionError, VideoError
from tests.videos import sample_video

pytest.importorskip("av", exc_type=ImportError)


@pytest.fixture(scope="module")
def run(trained):
    return poet.load_run("latest", workspace=trained.workspace.root)


@pytest.fixture(scope="module")
def clip(trained, tmp_path_factory):
    return sample_video(tmp_path_factory.mktemp("video") / "clip.mp4", trained.sample)


def test_a_video_becomes_a_table(run, clip):
    table = run.label_video(clip, every=1)
    assert table["label"].tolist() == ["rose", "rose", "sunflower", "sunflower", "sunflower"]
    assert [text[:12] for text in table.attrs["segments"]] == ["0:00 to 0:02", "0:02 to 0:05"]
    assert table.attrs["problem"] == ""


def test_without_smoothing_a_frame_does_not_hang_on_the_one_before(run, clip):
    raw, smoothed = (run.label_video(clip, every=1, smoothing=seconds) for seconds in (0, 5.0))
    assert raw["p_rose"][2] < 0.1 < smoothed["p_rose"][2]


def test_what_is_wrong_is_told(run, clip, tmp_path):
    with pytest.raises(OptionError, match="every must be more than 0"):
        run.label_video(clip, every=0)
    with pytest.raises(VideoError, match="does not exist"):
        run.label_video(tmp_path / "none.mp4")
