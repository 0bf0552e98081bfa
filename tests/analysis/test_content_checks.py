"""What is unreadable, and what occurs twice or nearly twice, in a folder and in its demo folder."""

import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from poetcore.analysis.checks import Pictures
from poetcore.analysis.issues import Issue, find_issues, run_checks
from poetcore.data.dataset import scan
from poetcore.data.file_index import FileIndex
from tests.analysis.drawn import photo, put
from tests.conftest import encoded, picture


def issues(folder: Path, memory: FileIndex) -> list[tuple[str, str]]:
    """What is found without measures."""
    found = run_checks(Pictures(scan(folder, memory, verify=True)))
    return [(Path(issue.path).relative_to(folder).as_posix(), issue.issue) for issue in found]


def test_an_unreadable_file_is_reported_with_its_reason(folder, memory):
    (folder / "rose/empty.jpg").touch()
    reason = "The file is empty (0 bytes)."
    assert run_checks(Pictures(scan(folder, memory))) == [
        Issue(str(folder / "rose/empty.jpg"), "unreadable", reason, "error", label="rose")
    ]


def test_a_truncated_picture_is_unreadable(folder, found):
    content = encoded(picture(77, (300, 200)))
    (folder / "tulip/cut.jpg").write_bytes(content[: len(content) // 2])
    assert found() == [("tulip/cut.jpg", "unreadable")]


def test_a_picture_that_is_truncated_is_reported_the_second_time_too(folder, found):
    content = encoded(picture(77, (300, 200)))
    (folder / "tulip/cut.jpg").write_bytes(content[: len(content) // 2])
    assert found() == found()


def test_copies_are_duplicates_and_the_first_is_not(folder, memory):
    for name in ("x.jpg", "y.jpg"):
        shutil.copy(folder / "rose/rose_001.jpg", folder / "rose" / name)
    assert issues(folder, memory) == [("rose/x.jpg", "duplicate"), ("rose/y.jpg", "duplicate")]


def test_a_duplicate_names_what_it_repeats(folder, memory):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "rose/x.jpg")
    (issue,) = run_checks(Pictures(scan(folder, memory)))
    assert issue.detail == "The same picture as rose_001.jpg in rose."
    assert issue.related == (str(folder / "rose/rose_001.jpg"),)


def test_one_picture_under_two_labels_is_reported_at_both(folder, memory):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/x.jpg")
    assert issues(folder, memory) == [("rose/rose_001.jpg", "two_labels"), ("tulip/x.jpg", "two_labels")]


def test_two_labels_are_named(folder, memory):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/x.jpg")
    details = {issue.detail for issue in run_checks(Pictures(scan(folder, memory)))}
    assert details == {"The same picture stands under rose and tulip."}


def test_many_copies_of_a_photo_are_no_placeholders(folder, found):
    for number in range(5):
        shutil.copy(folder / "rose/rose_001.jpg", folder / "rose" / f"x{number}.jpg")
    assert {name for _, name in found()} == {"duplicate"}


def sorry(words: str = "This photo is no longer available") -> Image.Image:
    page = Image.new("RGB", (500, 374), (238, 238, 238))
    ImageDraw.Draw(page).text((90, 170), words, fill=(90, 90, 90), font_size=22)
    return page


def test_a_page_of_words_that_occurs_again_and_again_is_a_placeholder(folder, found):
    for number in range(3):
        put(folder / "rose" / f"gone{number}.jpg", sorry(), quality=75)
    assert found() == [(f"rose/gone{number}.jpg", "placeholder") for number in range(3)]


def test_a_page_of_words_under_two_labels_is_a_placeholder_at_both(folder, found):
    for label in ("rose", "tulip"):
        put(folder / label / "gone.jpg", sorry(), quality=75)
    assert [path for path, name in found() if name == "placeholder"] == ["rose/gone.jpg", "tulip/gone.jpg"]


def test_a_page_of_words_that_occurs_once_among_photos_is_a_placeholder(folder, found):
    put(folder / "rose" / "gone.jpg", sorry(), quality=75)
    assert found() == [("rose/gone.jpg", "placeholder")]


def test_a_word_on_a_page_that_occurs_once_is_no_placeholder(folder, found):
    put(folder / "rose" / "sign.jpg", sorry("Roses").crop((0, 0, 400, 374)), quality=75)
    assert "placeholder" not in {name for _, name in found()}


def test_among_pages_of_words_none_is_a_placeholder_by_its_look(folder, found):
    for number in range(8):
        put(folder / "poem" / f"{number}.png", sorry(f"The poem of number {number}, line {number}"), "PNG")
    assert "placeholder" not in {name for _, name in found()}


def test_a_photo_of_one_thing_on_black_under_two_labels_is_no_placeholder(folder, found):
    black = Image.new("RGB", (160, 120))
    black.paste(photo(70).resize((70, 60), Image.Resampling.BILINEAR), (40, 30))
    for label in ("rose", "tulip"):
        put(folder / label / "x.jpg", black, quality=90)
    assert {name for _, name in found()} == {"two_labels"}


COPIES = {
    "smaller": lambda image: image.resize((120, 90)),
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "turned": lambda image: image.transpose(Image.Transpose.ROTATE_270),
    "grey": lambda image: image.convert("L"),
    "darker": lambda image: image.point([int(value * 0.7) for value in range(256)] * 3),
}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_that_was_changed_is_a_near_duplicate(how, folder, found):
    put(folder / "rose" / "x.jpg", COPIES[how](photo(1)), quality=85)
    assert found() == [("rose/x.jpg", "near_duplicate")]


def test_a_near_duplicate_names_its_duplicate(folder, memory, place):
    put(folder / "rose" / "x.jpg", photo(1), quality=60)
    (issue,) = find_issues(scan(folder, memory), place)
    assert issue.related == (str(folder / "rose/rose_001.jpg"),) and 0 <= issue.score < 0.5


def test_near_duplicates_under_two_labels_are_reported_at_both(folder, found):
    put(folder / "tulip" / "x.jpg", photo(1), quality=60)
    assert found() == [("rose/rose_001.jpg", "near_duplicate"), ("tulip/x.jpg", "near_duplicate")]


def test_a_group_of_near_duplicates_stands_together(folder, found):
    for quality in (50, 60):
        put(folder / "rose" / f"x{quality}.jpg", photo(0), quality=quality)
        put(folder / "rose" / f"a{quality}.jpg", photo(2), quality=quality)
    names = ["a60", "rose_002", "x50", "x60"]
    assert found() == [(f"rose/{name}.jpg", "near_duplicate") for name in names]


def test_other_pictures_in_the_demo_folder_are_no_issue(demo, found):
    assert found(demo) == []


def test_a_picture_that_is_in_the_demo_folder_too_is_leaked(folder, demo, found):
    shutil.copy(folder / "rose/rose_001.jpg", demo / "rose" / "x.jpg")
    assert found(demo) == [("rose/rose_001.jpg", "leaked")]


def test_a_picture_that_is_in_the_demo_folder_under_another_label_stands_under_two(folder, demo, found):
    shutil.copy(folder / "rose/rose_001.jpg", demo / "tulip" / "x.jpg")
    assert found(demo) == [("rose/rose_001.jpg", "two_labels"), ("rose/rose_001.jpg", "leaked")]


def test_a_near_duplicate_in_the_demo_folder_is_nearly_leaked(folder, demo, found):
    put(demo / "rose" / "x.jpg", photo(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT), quality=80)
    assert found(demo) == [("rose/rose_001.jpg", "near_leaked")]


def test_what_is_wrong_within_the_demo_folder_alone_is_not_reported(folder, demo, found):
    shutil.copy(demo / "rose/a.jpg", demo / "tulip" / "b.jpg")
    assert found(demo) == []
