"""The configuration of a run, and how it reaches the process that trains it."""

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from poetcore.errors import RunError
from poetcore.system.options import Option, build, flatten, options_of
from poetcore.training.config import RunConfig, demo_config
from poetcore.training.worker import Job
from poetcore.workspace.workspace import Workspace


def changed(option: Option) -> Any:
    """A possible value that is not the default."""
    if option.choices:
        return next(choice for choice in option.choices if choice != option.default)
    if option.type is bool:
        return not option.default
    if option.name == "keep_aside":
        return "20%"
    if option.type in (int, float):
        return option.default + 4 if option.maximum is None else min(option.default + 4, option.maximum)
    return "elsewhere" if option.type in (str, str | None) else Path("else") / "where"


@pytest.fixture
def everything() -> RunConfig:
    """A configuration in which no field has its default."""
    return build(RunConfig, {name: changed(option) for name, option in options_of(RunConfig).items()})


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace whose folders lie elsewhere."""
    return Workspace(
        tmp_path / "tf_files",
        models=tmp_path / "m",
        bottlenecks=tmp_path / "b",
        summaries=tmp_path / "s",
    )


def test_every_field_of_a_configuration_is_declared_as_an_option(everything):
    assert set(options_of(RunConfig)) == set(flatten(everything))


def test_the_example_changes_every_field(everything):
    defaults = {name: option.default for name, option in options_of(RunConfig).items()}
    assert [name for name, value in flatten(everything).items() if value == defaults[name]] == []
    assert defaults["image_dir"] is MISSING


def test_a_configuration_with_every_field_changed_arrives_whole(everything, place):
    run = place.create_run("run")
    run.write_config(Job.of(everything, place))
    assert run.config(Job) == Job.of(everything, place)


def test_a_workspace_arrives_with_its_folders(everything, place):
    run = place.create_run("run")
    run.write_config(Job.of(everything, place))
    assert vars(run.config(Job).workspace()) == vars(place)


def test_the_names_in_the_file_are_those_of_the_options(everything, place):
    own = {field.name for field in fields(Job)} - {"config"}
    assert set(flatten(Job.of(everything, place))) == set(options_of(RunConfig)) | own


def test_the_demo_trains_and_evaluates_on_the_sample_set(place):
    sample = place.datasets / "sample"
    config = demo_config(place)
    assert (config.image_dir, config.demo_dir) == (sample / "train", sample / "demo")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"image_dir": 3}'])
def test_a_damaged_configuration_is_named(place, content):
    run = place.create_run("run")
    (run.folder / "config.json").write_text(content)
    with pytest.raises(RunError, match=r"config\.json is damaged"):
        run.config(Job)


def test_a_changed_bit_of_a_configuration_is_noticed(everything, place):
    run = place.create_run("run")
    run.write_config(Job.of(everything, place))
    file = run.folder / "config.json"
    values = json.loads(file.read_text())
    file.write_text(json.dumps(values | {"validation_percentage": values["validation_percentage"] ^ 1}))
    with pytest.raises(RunError, match=r"config\.json is damaged"):
        run.config(Job)


def test_a_configuration_of_an_earlier_version_has_no_checksum(everything, place):
    run = place.create_run("run")
    run.write_config(Job.of(everything, place))
    file = run.folder / "config.json"
    values = json.loads(file.read_text())
    del values["checksum"]
    file.write_text(json.dumps(values))
    assert run.config(Job) == Job.of(everything, place)


def test_a_run_that_was_trained_by_a_command_has_no_configuration(place):
    with pytest.raises(RunError, match=r"config\.json is missing"):
        place.create_run("run").config(Job)
