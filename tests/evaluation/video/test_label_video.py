"""A video file through a run: what it shows when, as a picture of the same pixels is labelled."""

import io

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.video.frames import open_video
from poetcore.evaluation.video.label_video import label_video
from poetcore.evaluation.video.options import VideoOptions
from tests.videos import sample_video

pytest.importorskip("av", exc_type=ImportError)

RAW = VideoOptions(every=1.0, smoothing=0)


@pytest.fixture(scope="module")
def clip(trained, tmp_path_factory):
    return sample_video(tmp_path_factory.mktemp("video") / "clip.mp4", trained.sample)


def test_each_flower_is_labelled_while_it_is_shown(trained, clip):
    found = label_video(trained.run, trained.workspace, clip)
    assert [(one.start, one.end, one.label) for one in found.segments()] == [
        (0.0, 2.0, "rose"),
        (2.0, 5.0, "sunflower"),
    ]
    assert len(found.times) == 10 and found.problem == ""


def test_a_frame_is_seen_as_a_picture_of_the_same_pixels(trained, clip):
    found = label_video(trained.run, trained.workspace, clip, RAW)
    with open_video(clip) as video:
        pictures = [frame.picture for frame in video.frames(1.0)]
    classifier = Classifier(trained.run, trained.workspace)
    for predicted, picture in zip(found.predictions, pictures, strict=True):
        file = io.BytesIO()
        picture.save(file, "PNG")
        alone = classifier.classify_bytes("frame.png", file.getvalue())
        assert np.array_equal(predicted.probabilities, alone.probabilities.astype(float))
        assert predicted.unknown == alone.unknown


def test_progress_counts_the_frames(trained, clip):
    told = []
    label_video(trained.run, trained.workspace, clip, RAW, on_progress=told.append)
    assert [(one.done, one.total) for one in told] == [(number, 5) for number in range(1, 6)]


def test_a_video_whose_index_is_there_and_whose_end_is_missing_is_labelled(trained, clip, tmp_path):
    import av

    # The index in front, as phones and web pages have it; then the file is cut.
    with (
        av.open(str(clip)) as before,
        av.open(str(tmp_path / "a.mp4"), "w", options={"movflags": "faststart"}) as after,
    ):
        stream = after.add_stream_from_template(before.streams.video[0])
        for packet in before.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                after.mux(packet)
    content = (tmp_path / "a.mp4").read_bytes()
    begin = content.index(b"mdat")
    (tmp_path / "a.mp4").write_bytes(content[: begin + (len(content) - begin) * 3 // 4])
    found = label_video(trained.run, trained.workspace, tmp_path / "a.mp4", RAW)
    assert found.problem.startswith("It breaks off at 0:0") and " of 0:05." in found.problem
    assert found.segments()[0].label == "rose"


def test_an_impossible_distance_is_refused():
    with pytest.raises(OptionError, match="every must be more than 0"):
        VideoOptions(every=0.0)
    with pytest.raises(OptionError, match=r"every must be 0\.01 seconds or more"):
        VideoOptions(every=0.001)
    with pytest.raises(OptionError, match="smoothing must be 0 or more"):
        VideoOptions(smoothing=-1.0)
