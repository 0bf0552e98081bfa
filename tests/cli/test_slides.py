"""`slides`: what the command writes and says, as pictures and as a slideshow in one file."""

import json
import shutil

import pytest

from tests.cli.inside import call

pytestmark = pytest.mark.slow


def test_a_demo_folder_becomes_slides_with_the_error_rate_beside_the_accuracy(trained, tmp_path):
    place = ["--run", trained.run.name, "--workspace", trained.workspace.root]
    done = call("slides", trained.sample / "demo", "--out", tmp_path / "new", "--batch", 9, *place, "--json")
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.status, said["pictures"], said["slides"]) == (0, 20, 3)
    assert len(list((tmp_path / "new").glob("slide_*.png"))) == 3
    assert said["accuracy"] + said["error_rate"] == pytest.approx(1)


def test_a_folder_that_is_not_empty_is_refused_before_anything_is_evaluated(trained, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = call("slides", trained.sample / "demo", "--out", tmp_path, "--workspace", tmp_path / "tf_files")
    assert (done.status, "give a new folder" in done.stderr) == (2, True)


def test_slides_do_not_become_pictures_of_what_they_show(trained, tmp_path):
    demo = shutil.copytree(trained.sample / "demo", tmp_path / "demo")
    place = ["--run", trained.run.name, "--workspace", trained.workspace.root]
    done = call("slides", demo, "--out", demo / "slides", *place)
    assert (done.status, "give a folder elsewhere" in done.stderr) == (2, True)
    assert not (demo / "slides").exists()


def test_a_demo_folder_becomes_a_slideshow_in_one_file(trained, tmp_path):
    place = ["--run", trained.run.name, "--workspace", trained.workspace.root]
    file = tmp_path / "show.html"
    done = call(
        "slides", trained.sample / "demo", "--html", file, "--batch", 9, "--heat_maps", *place, "--json"
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.status, said["pictures"], said["slides"]) == (0, 20, 3)
    assert (said["path"], said["bytes"]) == (str(file), file.stat().st_size)
    assert "20 pictures: about" in done.stderr
    text = file.read_text(encoding="utf-8")
    assert (text.count('type="image/jpeg"'), text.count('type="image/png"') >= 20) == (20, True)


@pytest.mark.parametrize("what", [[], ["--out", "new", "--html", "show.html"]])
def test_what_is_to_be_written_has_to_be_said(what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call("slides", *what, "--workspace", "tf_files")
    assert (done.status, "--html show.html for a slideshow in one file" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_the_confidence_can_be_left_out(trained, tmp_path):
    place = ["--run", trained.run.name, "--workspace", trained.workspace.root]
    call("slides", trained.sample / "demo", "--html", tmp_path / "a.html", "--no_confidence", *place)
    assert '"confidence": false' in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_no_picture_to_show_is_told_in_a_sentence(trained, tmp_path):
    place = ["--run", trained.run.name, "--workspace", trained.workspace.root]
    done = call("slides", trained.sample / "demo", "--html", tmp_path / "a.html", "--label", "oak", *place)
    assert (done.status, "No picture of the label 'oak'" in done.stderr) == (2, True)


def test_a_slideshow_takes_the_place_of_no_picture(trained, tmp_path):
    picture = shutil.copy(next((trained.sample / "demo").rglob("*.jpg")), tmp_path / "a.jpg")
    before = picture.read_bytes()
    done = call("slides", trained.sample / "demo", "--html", picture, "--workspace", trained.workspace.root)
    assert (done.status, "A slideshow is written as .html" in done.stderr) == (2, True)
    assert picture.read_bytes() == before


def test_slides_as_pictures_refuse_what_only_a_slideshow_has(trained, tmp_path):
    asked = ("--out", tmp_path / "new", "--heat_maps", "--seconds", 5)
    done = call("slides", trained.sample / "demo", *asked, "--workspace", trained.workspace.root)
    assert (done.status, "no choice of heat_maps and seconds" in done.stderr) == (2, True)
