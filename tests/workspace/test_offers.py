"""What is taken of the files that a browser offers, by their names alone."""

import pytest

from poetcore.errors import DatasetError
from poetcore.system.names import is_name
from poetcore.workspace import offers
from poetcore.workspace.offers import Offer, Offered


def offer(*paths: str, size: int = 10) -> Offer:
    return Offer.of([Offered(path, size) for path in paths])


def places(*paths: str) -> list[str | None]:
    return [str(place) if place else None for place in offer(*paths).places]


@pytest.mark.parametrize(
    "path",
    ["f/.DS_Store", "__MACOSX/f/._a.jpg", "f/Thumbs.db", "f/@eaDir/a.jpg", "f/a.AAE", "f/a.jpg.json"],
)
def test_litter_is_passed_over_and_counted(path):
    found = offer("f/a.jpg", path)
    assert (found.places[1], found.excluded, found.litter) == (None, {}, 1)


def test_the_video_of_a_live_photo_is_litter_and_another_is_excluded_with_its_reason():
    found = offer("f/IMG_1.HEIC", "f/IMG_1.MOV", "f/party.mp4")
    assert (found.litter, found.excluded) == (1, {"f/party.mp4": "is a video"})


def test_a_file_of_no_known_ending_is_taken_since_its_content_decides():
    assert places("f/photo", "f/b.jpg") == ["f/photo", "f/b.jpg"]


@pytest.mark.parametrize("path", ["../evil.jpg", "f/../../evil.jpg", "/etc/evil.jpg"])
def test_a_path_that_leads_outside_is_not_taken(path):
    assert places("f/a.jpg", path) == ["f/a.jpg", None]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("set/rose /a.jpg", "set/rose/a.jpg"),
        ("set/red: rose?/a.jpg", "set/red_rose/a.jpg"),
        ("set/Löwenzahn/花.jpg", "set/Löwenzahn/花.jpg"),
        ("set/con/a.jpg", "set/label_con/a.jpg"),
        ("set/rose/a\nb.jpg", "set/rose/a_b.jpg"),
    ],
)
def test_names_that_a_system_refuses_are_changed_and_others_stay(given, kept):
    assert places(given, "set/x/b.jpg") == [kept, "set/x/b.jpg"]


def test_names_that_fall_together_are_numbered():
    assert places("s/A.jpg", "s/a.jpg", "t/a:.jpg", "t/a?.jpg") == [
        "s/A.jpg",
        "s/a_2.jpg",
        "t/a.jpg",
        "t/a_2.jpg",
    ]


def test_a_very_long_name_is_cut_and_keeps_its_ending():
    (place,) = offer(f"s/{'ä' * 200}.jpeg").places
    assert place is not None and place.suffix == ".jpeg" and is_name(place.stem)


def test_an_archive_among_pictures_is_excluded_with_what_to_do():
    assert "on its own" in offer("f/a.jpg", "f/more.zip").excluded["f/more.zip"]


def test_another_archive_is_refused_before_it_is_sent():
    with pytest.raises(DatasetError, match="a RAR archive, and only zip files"):
        offer("photos.rar")


def test_files_without_a_picture_are_refused():
    with pytest.raises(DatasetError, match="No picture among 2 files"):
        offer("f/notes.txt", "f/.DS_Store")


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(offers, "MAX_FILES", 1)
    with pytest.raises(DatasetError, match="at most 1 can be brought"):
        offer("f/a.jpg", "f/b.jpg")


@pytest.mark.parametrize(
    ("paths", "name"),
    [
        (("flowers/daisy/a.jpg", "flowers/rose/b.jpg"), "flowers"),
        (("daisy/a.jpg", "rose/b.jpg"), "photos"),
        (("a.jpg",), "photos"),
        (("flowers.zip",), "flowers.zip"),
    ],
)
def test_it_is_named_after_the_one_folder_or_zip_file(paths, name):
    assert offer(*paths).name == name


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (("a.jpg", "b.jpg"), "."),
        (("x/daisy/a.jpg", "x/daisy/b.jpg", "x/.DS_Store"), "x/daisy"),
        (("daisy/a.jpg", "rose/b.jpg"), None),
        (("x/a.jpg", "x/labels.csv"), None),
        (("x.zip",), None),
    ],
)
def test_pictures_in_one_folder_have_to_be_given_a_label(paths, folder):
    found = offer(*paths).only_folder
    assert (str(found) if found is not None else None) == folder


@pytest.mark.parametrize("path", ["", "./", "/", "../", "f/.cache/", "__MACOSX/"])
def test_a_folder_that_is_not_taken_is_no_empty_label(path):
    found = offer("f/ant/a.jpg", path)
    assert (found.places[1], found.empty) == (None, ())


def test_one_name_in_two_ways_of_writing_is_not_taken_for_one_file():
    first, second = places("f/\u00e9.jpg", "f/e\u0301.jpg")
    assert first != second and str(second).endswith("_2.jpg")
