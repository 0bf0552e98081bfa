"""A slideshow as one file: what is in it."""

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from poetcore.errors import OptionError, PictureError
from poetcore.evaluation.slideshow.show_file import expected_bytes
from poetcore.system.progress import Progress
from tests.conftest import encoded, picture
from tests.evaluation.slideshow.making import EVIL, LABELS, shown, slides_in, written


class Elements(HTMLParser):
    """The elements of a page: name, attributes and text."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(file.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def of_kind(self, kind: str) -> dict[str, str]:
        return {str(had.get("id")): text for _, had, text in self.found if had.get("type") == kind}


def deck_in(file: Path) -> dict[str, object]:
    return dict(json.loads(Elements(file).of_kind("application/json")["deck"]))


def test_each_picture_is_in_it_once_no_larger_than_asked(tmp_path):
    slides = slides_in(tmp_path / "photos")
    made = written(tmp_path / "show.html", [*slides, slides[0]], pixels=160)
    pictures = Elements(made.path).of_kind("image/jpeg")
    assert (made.slides, len(pictures), made.bytes) == (7, 6, made.path.stat().st_size)
    with Image.open(io.BytesIO(base64.b64decode(next(iter(pictures.values()))))) as one:
        assert one.size == (160, 120)
    deck = deck_in(made.path)
    assert [row[0] for row in deck["slides"]] == [*pictures, next(iter(pictures))]


def test_nothing_in_it_has_an_address_elsewhere(tmp_path):
    made = written(tmp_path / "show.html", slides_in(tmp_path / "photos"), heat_maps=True)
    text = made.path.read_text(encoding="utf-8")
    named = [had.get(name) for _, had, _ in Elements(made.path).found for name in ("src", "href", "action")]
    assert all(address is None or address.startswith("#") for address in named)
    assert not re.search(r"://|@import|url\(", text)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy and policy[1].startswith("default-src 'none'; img-src data: blob:; script-src 'sha256-")
    assert "unsafe" not in policy[1]


def test_markup_in_a_label_or_title_stays_text(tmp_path):
    made = written(tmp_path / "show.html", slides_in(tmp_path / "photos"), heat_maps=True)
    elements = Elements(made.path)
    assert EVIL not in made.path.read_text(encoding="utf-8")
    assert [tag for tag, _, _ in elements.found].count("img") == 0
    assert EVIL in deck_in(made.path)["words"]
    assert [text.strip() for tag, _, text in elements.found if tag == "title"] == [EVIL]


def test_heat_maps_of_predicted_and_true_labels_are_in_it_only_where_wanted(tmp_path):
    slides = slides_in(tmp_path / "photos", 3)
    with_maps = Elements(written(tmp_path / "maps.html", slides, heat_maps=True).path).of_kind("image/png")
    assert sorted(name.split("/", 1)[1] for name in with_maps) == sorted([*LABELS, LABELS[0]])
    plain = written(tmp_path / "plain.html", slides)
    assert not Elements(plain.path).of_kind("image/png")
    assert deck_in(plain.path)["looks"] is None


def test_where_a_photo_was_taken_is_not_in_it(tmp_path):
    slide = slides_in(tmp_path / "photos", 1)[0]
    exif = Image.Exif()
    exif[0x010E] = "my garden"
    Path(slide.path).write_bytes(encoded(picture(1), exif=exif.tobytes()))
    made = written(tmp_path / "show.html", [slide])
    jpeg = base64.b64decode(next(iter(Elements(made.path).of_kind("image/jpeg").values())))
    assert b"my garden" not in jpeg
    assert str(tmp_path) not in made.path.read_text(encoding="utf-8")


def test_pictures_that_cannot_be_read_are_left_out_and_told(tmp_path):
    slides = slides_in(tmp_path / "photos", 3)
    Path(slides[1].path).write_bytes(b"no picture")
    made = written(tmp_path / "show.html", slides, notes=())
    assert (made.slides, [one["path"] for one in made.skipped]) == (2, [slides[1].path])
    assert len(deck_in(made.path)["slides"]) == 2


def test_where_no_picture_can_be_read_there_is_no_file(tmp_path):
    gone = [replace(slide, path="gone.jpg") for slide in slides_in(tmp_path / "photos", 2)]
    with pytest.raises(PictureError, match="still where they were"):
        written(tmp_path / "show.html", gone)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_a_folder_is_no_place_for_it(tmp_path):
    with pytest.raises(OptionError, match=r"name the file to write, such as .*slideshow\.html"):
        written(tmp_path, slides_in(tmp_path / "photos", 1))


@pytest.mark.parametrize("pixels", [160, 400])
def test_how_large_it_will_be_is_told_before(tmp_path, pixels):
    slides = slides_in(tmp_path / "photos", 40)
    expected = expected_bytes(slides, pixels, heat_maps=False)
    assert written(tmp_path / "show.html", slides, pixels=pixels).bytes == pytest.approx(expected, rel=0.1)


def test_progress_counts_the_pictures(tmp_path):
    from poetcore.evaluation.slideshow.show_file import write_show

    seen: list[Progress] = []
    slides = slides_in(tmp_path / "photos", 3)
    write_show(tmp_path / "show.html", slides, shown(), pixels=160, on_progress=seen.append)
    assert [(one.phase, one.done, one.total) for one in seen] == [("packing_slides", n, 3) for n in (1, 2, 3)]
