"""The exports in a run's folder: which are there, and each as a zip file."""

import io
import zipfile
from dataclasses import replace

import pytest

from poetcore.errors import OptionError
from poetcore.export.export_format import ExportFormat
from poetcore.export.export_options import ExportOptions, Facts
from poetcore.export.formats import FORMATS
from poetcore.export.made import find_made, zipped
from poetcore.workspace.records import read_json, to_json
from poetcore.workspace.run import Run
from tests.browser.dashboard import copy_run
from tests.conftest import Trained

COMPARED = {"pictures": 50, "max_abs_diff": 0.0, "same_top1": 1.0}


def make_export(run: Run, kind: ExportFormat) -> None:
    """Write what an export leaves in a run's folder, with a model of three bytes."""
    path = run.exports / kind.name / kind.default_name
    model = path / kind.folder_marker if kind.folder_marker else path
    model.parent.mkdir(parents=True)
    model.write_bytes(b"net")
    stem = path.name if kind.folder_marker else path.stem
    (path.parent / f"{stem}_README.txt").write_text("How to use it.")
    compared = {"format": kind.name, "run": run.name, "temperature": run.temperature()}
    compared |= {"edition": kind.edition} | COMPARED
    (path.parent / f"{stem}_parity.json").write_text(to_json(compared))


@pytest.fixture
def run(trained: Trained, tmp_path) -> Run:
    return copy_run(trained.run, tmp_path / "runs" / "own")


@pytest.mark.parametrize("name", ["tflite", "saved_model"])
def test_an_export_is_found_with_all_its_files(run, name):
    make_export(run, FORMATS[name])
    made = find_made(run, FORMATS[name])
    assert made and made.parity.pictures == 50 and len(made.files) == 3


def test_what_was_not_exported_is_not_found(run):
    assert find_made(run, FORMATS["keras"]) is None


def test_an_export_of_another_temperature_is_of_another_model(run):
    make_export(run, FORMATS["tflite"])
    run.set_temperature(run.temperature() * 2)
    assert find_made(run, FORMATS["tflite"]) is None


def test_an_export_of_another_input_range_is_another_file(run):
    make_export(run, FORMATS["tflite"])
    assert find_made(run, FORMATS["tflite"], ExportOptions(input_range="0..255"))
    assert find_made(run, FORMATS["tflite"], ExportOptions(input_range="-1..1")) is None


def test_a_format_without_a_choice_is_found_whatever_the_range(run):
    make_export(run, FORMATS["keras"])
    assert find_made(run, FORMATS["keras"], ExportOptions(input_range="-1..1"))


def test_a_file_that_would_not_be_written_so_any_more_is_not_offered(run):
    make_export(run, replace(FORMATS["tflite"], edition=1))
    assert find_made(run, FORMATS["tflite"]) is None


def test_the_record_of_an_earlier_version_is_read(run):
    make_export(run, FORMATS["keras"])
    record = run.exports / "keras" / "model_parity.json"
    known = read_json(record)
    del known["edition"]
    record.write_text(to_json(known))
    assert find_made(run, FORMATS["keras"])


def test_an_export_under_another_licence_is_another_file(run):
    make_export(run, FORMATS["tflite"])
    assert find_made(run, FORMATS["tflite"], ExportOptions(Facts(licence="CC BY 4.0"))) is None


def test_a_folder_is_zipped_with_the_note_beside_it(run):
    make_export(run, FORMATS["saved_model"])
    made = find_made(run, FORMATS["saved_model"])
    assert made
    with zipfile.ZipFile(io.BytesIO(zipped(made))) as archive:
        assert sorted(archive.namelist()) == [
            "model/saved_model.pb",
            "model_README.txt",
            "model_parity.json",
        ]
        assert archive.read("model/saved_model.pb") == b"net"


@pytest.mark.parametrize("told", ["\udcff", "two\nlines", "a\0b"])
def test_what_people_are_told_is_a_line_of_text(told):
    with pytest.raises(OptionError, match=r"^author is one line of text without control characters"):
        ExportOptions(Facts(author=told))
    ExportOptions(Facts(author="Ådá 👩‍🔬"))
