"""What is wrong with which picture."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from poetcore.analysis.checks import Pictures
from poetcore.analysis.issues import CHECKS, Issue, find_issues, run_checks, summary
from poetcore.data.dataset import scan
from poetcore.data.file_index import FileIndex
from poetcore.sources.samples import make_sample
from poetcore.system.progress import Progress
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture


def photo(seed: int) -> Image.Image:
    """Make a picture with nothing wrong about it: clouds of colour with sharp strokes, 160 x 120."""
    drawn = picture(seed, (160, 120))
    chance = np.random.default_rng(seed)
    for _ in range(9):
        x, y = (int(value) for value in chance.integers(0, 100, 2))
        ImageDraw.Draw(drawn).line((x, y, x + 40, y + 15), tuple(chance.integers(0, 255, 3).tolist()), 3)
    return drawn


def put(path: Path, image: Image.Image, form: str = "JPEG", **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(image, form, **options))
    return path


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def memory(place: Workspace) -> Iterator[FileIndex]:
    with place.file_index() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three roses and two tulips that are fine."""
    for number in range(5):
        label = "rose" if number < 3 else "tulip"
        put(tmp_path / "set" / label / f"{label}_{number:03d}.jpg", photo(number), quality=90)
    return tmp_path / "set"


@pytest.fixture
def found(place: Workspace, folder: Path, memory: FileIndex):
    """Examine the folder: file and check of every issue; or of one check, what it says."""

    def look(demo: Path | None = None) -> list[tuple[str, str]]:
        apart = scan(demo, memory) if demo else None
        issues = find_issues(scan(folder, memory), place, apart)
        return [(Path(issue.path).relative_to(folder).as_posix(), issue.issue) for issue in issues]

    return look


def issues(folder: Path, memory: FileIndex) -> list[tuple[str, str]]:
    """What is found without measures."""
    found = run_checks(Pictures(scan(folder, memory, verify=True)))
    return [(Path(issue.path).relative_to(folder).as_posix(), issue.issue) for issue in found]


# ------------------------------------------------------------------------------------------- single files


def test_different_pictures_have_no_issues(found):
    assert found() == []


def test_an_unreadable_file_is_told_with_its_reason(folder, memory):
    (folder / "rose/empty.jpg").touch()
    reason = "The file is empty (0 bytes)."
    assert run_checks(Pictures(scan(folder, memory))) == [
        Issue(str(folder / "rose/empty.jpg"), "unreadable", reason, "error", label="rose")
    ]


def test_a_truncated_picture_is_unreadable(folder, found):
    content = encoded(picture(77, (300, 200)))
    (folder / "tulip/cut.jpg").write_bytes(content[: len(content) // 2])
    assert found() == [("tulip/cut.jpg", "unreadable")]


def test_a_picture_that_is_truncated_is_told_the_second_time_too(folder, found):
    content = encoded(picture(77, (300, 200)))
    (folder / "tulip/cut.jpg").write_bytes(content[: len(content) // 2])
    assert found() == found()


BAD = {
    "tiny": (photo(50).resize((80, 60)), {}),
    "small_file": (photo(51).filter(ImageFilter.GaussianBlur(1)), {"quality": 3}),
    "dark": (photo(52).point([value // 4 for value in range(256)] * 3), {"quality": 90}),
    "bright": (photo(53).point([240 + value // 17 for value in range(256)] * 3), {"quality": 95}),
    "blurry": (photo(54).filter(ImageFilter.GaussianBlur(5)), {"quality": 98}),
    "odd_aspect": (photo(56).resize((320, 100)), {"quality": 90}),
    "odd_size": (photo(57).resize((1700, 1300), Image.Resampling.NEAREST), {"quality": 90}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_picture_with_one_thing_wrong_has_this_issue(name, folder, found):
    image, options = BAD[name]
    put(folder / "rose" / "x.jpg", image, **options)
    assert ("rose/x.jpg", name) in found()


@pytest.mark.parametrize("name", ["tiny", "dark", "blurry", "odd_aspect", "odd_size"])
def test_a_picture_with_one_thing_wrong_has_no_other_issue(name, folder, found):
    image, options = BAD[name]
    put(folder / "rose" / "x.jpg", image, **options)
    assert found() == [("rose/x.jpg", name)]


def test_an_empty_wall_shows_little_and_is_not_called_blurry(folder, found):
    put(folder / "rose" / "x.png", Image.new("RGB", (160, 120), (90, 120, 60)).copy(), "BMP")
    assert [name for _, name in found()] == ["low_information", "wrong_extension"]


@pytest.mark.parametrize(("ending", "form"), [(".jpg", "PNG"), (".png", "JPEG"), (".GIF", "WEBP")])
def test_an_extension_that_lies_is_told(ending, form, folder, found):
    put(folder / "rose" / f"x{ending}", photo(60), form)
    assert found() == [(f"rose/x{ending}", "wrong_extension")]


@pytest.mark.parametrize("name", ["x.JPEG", "x.jfif", "x", "x.photo"])
def test_an_extension_that_says_the_same_or_nothing_is_fine(name, folder, found):
    put(folder / "rose" / name, photo(60), quality=90)
    assert found() == []


def test_a_photo_that_lies_on_its_side_is_fine(folder, found):
    exif = Image.Exif()
    exif[0x0112] = 6
    put(folder / "rose" / "x.jpg", photo(61), quality=90, exif=exif)
    assert found() == []


# ------------------------------------------------------------------------------------------ the same content


def test_copies_are_duplicates_and_the_first_is_not(folder, memory):
    for name in ("x.jpg", "y.jpg"):
        shutil.copy(folder / "rose/rose_001.jpg", folder / "rose" / name)
    assert issues(folder, memory) == [("rose/x.jpg", "duplicate"), ("rose/y.jpg", "duplicate")]


def test_a_duplicate_names_what_it_repeats(folder, memory):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "rose/x.jpg")
    (issue,) = run_checks(Pictures(scan(folder, memory)))
    assert issue.detail == "The same picture as rose_001.jpg in rose."
    assert issue.related == (str(folder / "rose/rose_001.jpg"),)


def test_one_picture_under_two_labels_is_told_at_both(folder, memory):
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


def test_a_page_of_words_that_occurs_once_is_no_placeholder(folder, found):
    put(folder / "rose" / "sign.jpg", sorry("Roses"), quality=75)
    assert "placeholder" not in {name for _, name in found()}


def test_a_photo_of_one_thing_on_black_under_two_labels_is_no_placeholder(folder, found):
    black = Image.new("RGB", (160, 120))
    black.paste(photo(70).resize((70, 60), Image.Resampling.BILINEAR), (40, 30))
    for label in ("rose", "tulip"):
        put(folder / label / "x.jpg", black, quality=90)
    assert {name for _, name in found()} == {"two_labels"}


# ----------------------------------------------------------------------------------------- nearly the same


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


def test_a_near_duplicate_names_its_twin(folder, memory, place):
    put(folder / "rose" / "x.jpg", photo(1), quality=60)
    (issue,) = find_issues(scan(folder, memory), place)
    assert issue.related == (str(folder / "rose/rose_001.jpg"),) and 0 <= issue.score < 0.5


def test_near_duplicates_under_two_labels_are_told_at_both(folder, found):
    put(folder / "tulip" / "x.jpg", photo(1), quality=60)
    assert found() == [("rose/rose_001.jpg", "near_duplicate"), ("tulip/x.jpg", "near_duplicate")]


def test_a_series_stands_together(folder, found):
    for quality in (50, 60):
        put(folder / "rose" / f"x{quality}.jpg", photo(0), quality=quality)
        put(folder / "rose" / f"a{quality}.jpg", photo(2), quality=quality)
    names = ["a60", "rose_002", "x50", "x60"]
    assert found() == [(f"rose/{name}.jpg", "near_duplicate") for name in names]


# -------------------------------------------------------------------------------------------- the demo folder


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A demo folder of other pictures."""
    for number, label in enumerate(("rose", "tulip")):
        put(tmp_path / "demo" / label / "a.jpg", photo(100 + number), quality=90)
    return tmp_path / "demo"


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


def test_what_is_wrong_within_the_demo_folder_alone_is_not_told(folder, demo, found):
    shutil.copy(demo / "rose/a.jpg", demo / "tulip" / "b.jpg")
    assert found(demo) == []


# ------------------------------------------------------------------------------------------------ altogether


def test_the_gravest_issues_come_first(folder, memory):
    shutil.copy(folder / "rose/rose_000.jpg", folder / "rose/z.jpg")
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/x.jpg")
    (folder / "tulip/z.jpg").touch()
    names = [issue for _, issue in issues(folder, memory)]
    assert names == ["unreadable", "two_labels", "two_labels", "duplicate"]


def test_severities_never_rise_down_the_list():
    rank = ["error", "warning", "note"]
    ranks = [rank.index(check.severity) for check in CHECKS.values()]
    assert ranks == sorted(ranks)


def test_a_verified_picture_is_not_reported(folder, memory, place):
    put(folder / "rose" / "x.jpg", BAD["blurry"][0], quality=98)
    (issue,) = find_issues(scan(folder, memory), place)
    assert find_issues(scan(folder, memory), place, verified={issue.sha}) == []


def test_an_unreadable_file_is_reported_even_if_it_was_verified(folder, memory):
    (folder / "rose/empty.jpg").touch()
    assert len(run_checks(Pictures(scan(folder, memory)), verified={""})) == 1


def test_progress_counts_the_pictures_of_both_folders(folder, demo, memory, place):
    told: list[Progress] = []
    find_issues(scan(folder, memory), place, scan(demo, memory), told.append)
    assert told == [Progress("measuring", 7, 7)]


def test_a_dataset_without_a_usable_picture_can_be_examined(tmp_path, memory, place):
    (tmp_path / "set/rose").mkdir(parents=True)
    (tmp_path / "set/rose/x.jpg").touch()
    assert [issue.issue for issue in find_issues(scan(tmp_path / "set", memory), place)] == ["unreadable"]


def test_a_summary_counts_by_check_and_label(folder, memory):
    for name in ("x.jpg", "y.jpg"):
        shutil.copy(folder / "rose/rose_001.jpg", folder / "rose" / name)
    (folder / "tulip/z.jpg").touch()
    table = summary(run_checks(Pictures(scan(folder, memory))))
    assert table.to_dict("index") == {
        "unreadable": {"rose": 0, "tulip": 1},
        "duplicate": {"rose": 2, "tulip": 0},
    }


def test_a_summary_of_nothing_is_empty():
    assert summary([]).empty


def test_the_drawn_sample_set_is_nearly_clean(tmp_path, memory, place):
    sample = make_sample(tmp_path / "sample", train_per_label=20, demo_per_label=10)
    found = find_issues(scan(sample / "train", memory), place, scan(sample / "demo", memory))
    assert {issue.severity for issue in found} <= {"note"} and len(found) <= 3


def test_many_tiny_pictures_are_told_once_each(tmp_path, memory, place):
    folder = fill(tmp_path / "icons", {"rose": 20})
    found = find_issues(scan(folder, memory), place)
    assert [issue.issue for issue in found] == ["tiny"] * 20
