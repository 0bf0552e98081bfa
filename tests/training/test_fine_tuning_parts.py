"""The parts of fine-tuning that need no TensorFlow: options, files, feature maps, what it takes."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.features.backbones import DEFAULT, find
from poetcore.training.fine_tuning.estimate import earlier_fine_tuning, estimated_seconds
from poetcore.training.fine_tuning.job import Job
from poetcore.training.fine_tuning.maps import MapCache, front_of, read_maps
from poetcore.training.fine_tuning.options import FineTuning
from poetcore.training.fine_tuning.tail import TailTrainer, steps_of


@pytest.fixture
def job() -> Job:
    """Ten pictures, of which two validate."""
    numbers = {one.name: np.arange(10) for one in fields(Job) if one.type is np.ndarray}
    plain = {"architecture": DEFAULT, "maps": "maps", "stop": "stop", "epochs": 2, "rate": 0.0}
    values = plain | {"flip": True, "seed": 0, "unit": False, "length": 0.0}
    arrays = numbers | {"shas": np.array(list("abcdefghij")), "part": np.repeat([0, 1], [8, 2])}
    return Job(**values, **arrays)


def test_a_job_is_read_as_it_was_written(job, tmp_path: Path):
    job.write(tmp_path)
    found = Job.read(tmp_path)
    same = [np.array_equal(getattr(found, one.name), getattr(job, one.name)) for one in fields(Job)]
    assert all(same)


def test_a_given_rate_is_not_chosen(job):
    assert TailTrainer.steps_to_choose(job) == 2 * steps_of(np.arange(8))
    assert TailTrainer.steps_to_choose(replace(job, rate=0.1)) == 0


def test_a_rate_above_one_is_refused():
    with pytest.raises(OptionError, match="fine_tune_rate must lie between 0 and 1"):
        FineTuning(True, fine_tune_rate=2.0)


def test_feature_maps_come_in_the_order_asked_mirrored_or_not(tmp_path: Path):
    front = front_of(find(DEFAULT))
    maps = {sha: np.full((2, 2, 3), number, np.float32) for number, sha in enumerate("abc")}
    with MapCache(tmp_path / "maps.sqlite") as cache:
        cache.put(maps, front)
        cache.put({sha: -one for sha, one in maps.items()}, front, "+mirrored")
        read = read_maps(cache, front, np.array(list("abc")), (2, 2, 3))
        found = read(np.array([2, 0, 1]), np.array([False, False, True]))
    assert found.shape == (3, 2, 2, 3) and found[:, 0, 0, 0].tolist() == [2, 0, -1]


def test_feature_maps_are_apart_from_the_networks_own_vectors():
    assert front_of(find(DEFAULT)).cache_key != find(DEFAULT).cache_key


def test_cross_validation_takes_longer():
    backbone, options = find(DEFAULT), FineTuning(True)
    crossed = replace(options, fine_tune_cross_validation=True)
    assert estimated_seconds(1000, backbone, crossed) > 3 * estimated_seconds(1000, backbone, options)


def test_a_larger_network_takes_longer():
    options = FineTuning(True)
    seconds = [estimated_seconds(1000, find(name), options) for name in (DEFAULT, "efficientnet_lite2")]
    assert seconds[1] > seconds[0]


def test_a_run_without_fine_tuning_tells_nothing_of_it(trained):
    assert earlier_fine_tuning([trained.run], trained.run.record().image_dir) is None
