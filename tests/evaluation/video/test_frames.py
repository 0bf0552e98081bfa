"""The frames of a video: at each time the one that a player shows then, upright, as far as the file goes."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from poetcore.errors import OptionError, VideoError
from poetcore.evaluation.video.frames import MISSING, Frame, open_video
from tests.videos import plain, write_video

pytest.importorskip("av", exc_type=ImportError)

#: Red for a second, then blue for one and a half.
SHOWN = [(plain("red"), 1.0), (plain("blue"), 1.5)]


def colours(frames: Iterable[Frame]) -> dict[float, str]:
    """The time of each frame with the first letter of its colour, "" where it is the one before."""
    found = {}
    for frame in frames:
        red, _, blue = (0, 0, 0) if frame.picture is None else frame.picture.getpixel((100, 100))
        found[frame.time] = "" if frame.picture is None else "r" if red > blue else "b"
    return found


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.webm", "libvpx"), ("a.avi", "mpeg4"), ("a.mkv", "mjpeg"), ("a.ts", "libx264")],
)
def test_at_each_time_it_is_the_frame_that_is_shown_then(tmp_path, name, codec):
    with open_video(write_video(tmp_path / name, SHOWN, codec=codec)) as video:
        assert colours(video.frames(0.5)) == {0.0: "r", 0.5: "r", 1.0: "b", 1.5: "b", 2.0: "b"}
        assert (round(video.end, 3), video.problem) == (2.5, "")


def test_a_frame_that_stands_is_told_once(tmp_path):
    shown = [(plain("red"), 2.0), (plain("blue"), 0.1)]
    with open_video(write_video(tmp_path / "a.mkv", shown, codec="mjpeg", steady=False)) as video:
        assert colours(video.frames(0.5)) == {0.0: "r", 0.5: "", 1.0: "", 1.5: "", 2.0: "b"}


@pytest.mark.parametrize(
    ("matrix", "dark"),
    [
        ((1, 0, 0, 1), (0, 0)),
        ((0, -1, 1, 0), (0, 1)),  # a quarter turn counterclockwise
        ((-1, 0, 0, -1), (1, 1)),
        ((0, 1, -1, 0), (1, 0)),
        ((-1, 0, 0, 1), (1, 0)),  # mirrored
    ],
)
def test_a_video_of_a_phone_is_upright(tmp_path, matrix, dark):
    corner = plain("white")
    corner.paste("black", (0, 0, 160, 120))
    with open_video(write_video(tmp_path / "a.mov", [(corner, 0.2)], matrix=matrix)) as video:
        picture = next(video.frames(1)).picture
    assert picture.size == ((240, 320) if not matrix[0] else (320, 240))
    at = [picture.width * (1 + 2 * dark[0]) // 4, picture.height * (1 + 2 * dark[1]) // 4]
    assert max(picture.getpixel(tuple(at))) < 20


def test_a_video_that_breaks_off_is_read_as_far_as_it_goes(tmp_path):
    file = write_video(tmp_path / "a.mkv", SHOWN, codec="mjpeg")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with open_video(file) as video:
        assert colours(video.frames(0.5)) == {0.0: "r", 0.5: "r", 1.0: "b"}
        assert video.duration == 2.5


def test_memory_does_not_grow_with_the_video(tmp_path):
    file = write_video(tmp_path / "a.mp4", [(plain("red"), 8.0)], rate=30, size=(1280, 720))
    me, held = psutil.Process(), []
    with open_video(file) as video:
        for place, _ in enumerate(video.frames(1 / 30)):
            if place in (60, 230):
                held.append(me.memory_info().rss)
    assert len(held) == 2
    assert held[1] - held[0] < 60_000_000  # 170 frames have 235 MB


def test_a_clock_that_begins_anew_goes_on(tmp_path):
    one, other = (write_video(tmp_path / f"{c}.ts", [(plain(c), 1.0)]) for c in ("red", "blue"))
    one.write_bytes(one.read_bytes() + other.read_bytes())
    with open_video(one) as video:
        assert [*colours(video.frames(0.5)).values()] == ["r", "r", "b", "b"]


def test_a_file_of_any_name_is_opened(tmp_path):
    with open_video(write_video(tmp_path / "a.mp4", SHOWN).rename(tmp_path / "http: a.jpg")) as video:
        assert video.duration == 2.5


def test_a_list_of_other_files_is_no_video(tmp_path):
    write_video(tmp_path / "a.ts", SHOWN)
    (tmp_path / "a.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{tmp_path / 'a.ts'}\n")
    with pytest.raises(VideoError, match="is not a video that can be read"), open_video(tmp_path / "a.m3u8"):
        pass


def refused(file: Path) -> str:
    with pytest.raises(VideoError) as refusal, open_video(file) as video:
        next(video.frames(1))
    return str(refusal.value).removeprefix(f"{file} ")


def test_what_is_no_video_is_told_in_a_sentence(tmp_path):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("no video")
    Image.new("RGB", (40, 30)).save(tmp_path / "photo.mp4", "JPEG")
    whole = write_video(tmp_path / "whole.mp4", SHOWN).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    assert refused(tmp_path / "none.mp4") == "does not exist."
    assert refused(tmp_path) == "is a folder: name a video file."
    assert refused(tmp_path / "empty.mp4") == "is empty (0 bytes)."
    assert refused(tmp_path / "text.mp4").startswith("is not a video that can be read: it is of another kind")
    assert "broken off" in refused(tmp_path / "cut.mp4")
    assert refused(tmp_path / "photo.mp4").startswith("is a picture: ")


def test_a_song_has_no_video(tmp_path):
    import av

    with av.open(str(tmp_path / "a.m4a"), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 8000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert refused(tmp_path / "a.m4a") == "has sound, and no video."


def test_the_package_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(OptionError, match="pip install av") as refusal, open_video(tmp_path / "a.mp4"):
        pass
    assert str(refusal.value) == MISSING
