"""The settings in which two runs differ."""

from dataclasses import replace

import pytest

from poetcore.training.differing import differing_settings


@pytest.fixture
def record(trained):
    return trained.run.record()


def test_same_settings_are_not_listed(record):
    assert differing_settings(record, record) == {}


def test_settings_that_differ_are_listed_with_both_values(record):
    other = replace(record, backbone="inception_v3", options=record.options | {"learning_rate": 0.5})
    assert differing_settings(record, other) == {
        "architecture": ("efficientnet_lite0", "inception_v3"),
        "learning_rate": (0.01, 0.5),
    }


def test_what_an_older_run_did_not_write_down_is_the_default(record):
    options = {name: value for name, value in record.options.items() if name != "train_batch_size"}
    assert differing_settings(record, replace(record, options=options)) == {}


def test_settings_that_change_no_model_are_not_listed(record):
    other = replace(record, options=record.options | {"engine": "keras", "eval_step_interval": 50})
    assert differing_settings(record, other) == {}
