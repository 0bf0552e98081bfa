"""The backbone of a run as its record and its folder tell it: known networks, files, several side by side."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from poetcore.errors import RunError
from poetcore.features.backbones import DEFAULT, NetworkFile, combine, find
from poetcore.workspace.backbones import (
    backbone_of,
    before_tuning,
    keep_networks,
    models_of,
    networks_record,
)
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.browser.dashboard import copy_run
from tests.conftest import Trained

OWN = {"kind": "file", "digest": "abc", "input_size": 96, "vector_length": 7, "scaling": [127.5, 127.5]}
OWN |= {"megabytes": 0.1}


@pytest.fixture
def run(trained: Trained, tmp_path: Path) -> Run:
    """A copy of a finished run in a workspace of its own."""
    return copy_run(trained.run, tmp_path / "tf_files" / "runs" / "one")


def on(run: Run, backbone: str, calibration: str = "", **networks: dict[str, Any]) -> Run:
    record = replace(run.record(), backbone=backbone, calibration=calibration, networks=networks)
    run.write_record(record)
    return run


def test_a_known_network_is_found_by_its_name(run):
    assert backbone_of(run) == find(DEFAULT)


def test_a_network_that_is_a_file_is_read_from_the_runs_folder(run):
    found = backbone_of(on(run, "mine", mine=OWN))
    assert (found.name, found.input_size, found.vector_length, found.digest) == ("mine", 96, 7, "abc")
    assert found.source == NetworkFile(run.folder / "backbone.tflite")


def test_a_fine_tuned_network_is_its_base_with_weights_of_its_own(run):
    tuned = OWN | {"kind": "fine_tuned", "base": DEFAULT, "input_size": 224, "scaling": [127, 128]}
    found, base = backbone_of(on(run, DEFAULT, **{DEFAULT: tuned})), find(DEFAULT)
    assert found.vector_length == base.vector_length and found.cache_key != base.cache_key
    assert found.imagenet_top1 is None and found.multiply_adds == base.multiply_adds


def test_the_second_of_two_has_a_file_of_its_own_and_its_size_is_that_of_both(run):
    found = backbone_of(on(run, f"{DEFAULT}+mine", mine=OWN))
    assert found.parts[1].source == NetworkFile(run.folder / "backbone-2.tflite")
    assert [part.input_size for part in found.parts] == [96, 96] and found.parts[0].name.endswith("@96")


def test_before_it_was_fine_tuned_a_network_beside_a_file_was_the_known_one(run):
    base = f"{DEFAULT}@96"
    tuned = OWN | {"kind": "fine_tuned", "base": base, "vector_length": 1280, "scaling": [0, 1]}
    both = on(run, f"{base}+mine", mine=OWN, **{base: tuned})
    found = before_tuning(both)
    assert found.parts == (find(base), backbone_of(both).parts[1])


def test_what_is_recorded_of_a_network_is_read_again(run):
    (run.folder / "backbone-2.keras").touch()
    mine = backbone_of(on(run, f"{DEFAULT}+mine", mine=OWN)).parts[1]
    both = combine([find(DEFAULT), mine])
    assert backbone_of(on(run, both.name, **networks_record(both))) == both


@pytest.mark.parametrize(
    ("calibration", "values"),
    [
        ("one", OWN),
        ("", {"kind": "file"}),
        ("", OWN | {"scaling": 3}),
        ("", OWN | {"input_size": "x"}),
    ],
)
def test_a_record_that_says_no_network_is_a_damaged_run(run, calibration, values):
    with pytest.raises(RunError, match="train (it )?again"):
        backbone_of(on(run, f"{DEFAULT}+mine", calibration, mine=values))


def test_networks_that_cannot_be_made_again_are_kept_and_found_with_the_run(run, tmp_path):
    place = Workspace(tmp_path / "tf_files")
    both = find(f"{DEFAULT}+efficientnet_lite2_quantized", "+abc")
    converted = {one.key: tmp_path / f"{one.key}.tflite" for one in both.members}
    for key, file in converted.items():
        file.write_text(key)
    keep_networks(run, both, lambda one: converted[one.key])
    assert sorted(file.name for file in run.folder.glob("backbone*.tflite")) == ["backbone-2.tflite"]
    found = models_of(on(run, both.name, both.calibration), place)(both.parts[1])
    assert found == run.network_file(1) and found.read_text() == both.parts[1].key
