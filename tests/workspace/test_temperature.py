"""A run's temperature: what is read predicts calibrated, and the layer as it was trained comes back."""

import numpy as np
import pytest

from poetcore.errors import OptionError, RunError
from poetcore.evaluation.calibration import apply_temperature
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run

VECTORS = np.random.default_rng(1).normal(size=(9, 6)).astype(np.float32)


@pytest.fixture
def head() -> Head:
    draw = np.random.default_rng(2)
    return Head(draw.normal(size=(6, 3)).astype(np.float32), draw.normal(size=3).astype(np.float32))


@pytest.fixture
def run(tmp_path, head) -> Run:
    made = Run(tmp_path / "first")
    made.folder.mkdir()
    made.write_model(["a", "b", "c"], head)
    return made


def content(head: Head) -> bytes:
    return head.kernel.tobytes() + head.bias.tobytes()


def test_a_new_run_has_none(run):
    assert run.temperature() == 1


def test_a_run_of_an_earlier_version_has_none(run, head):
    np.savez(run.folder / "head.npz", kernel=head.kernel, bias=head.bias)
    assert run.temperature() == 1 and content(run.head()) == content(head)


def test_what_is_read_predicts_with_it(run, head):
    run.set_temperature(2.5)
    wanted = apply_temperature(head.probabilities(VECTORS), 2.5)
    assert run.temperature() == 2.5
    assert np.allclose(run.head().probabilities(VECTORS), wanted, atol=1e-6)


def test_whoever_knows_kernel_and_bias_only_predicts_with_it_too(run):
    run.set_temperature(2.5)
    with np.load(run.folder / "head.npz") as arrays:
        assert content(Head(arrays["kernel"], arrays["bias"])) == content(run.head())


def test_a_second_one_replaces_the_first(run, head):
    run.set_temperature(3)
    run.set_temperature(0.5)
    assert run.temperature() == 0.5
    assert content(run.head()) == content(head.divided(0.5))


def test_at_1_the_layer_is_to_the_byte_as_it_was_trained(run, head):
    before = (run.folder / "head.npz").read_bytes()
    run.set_temperature(1.7)
    run.set_temperature(1)
    assert content(run.head()) == content(head) and len((run.folder / "head.npz").read_bytes()) == len(before)


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf")])
def test_an_impossible_one_is_refused(run, wrong):
    with pytest.raises(OptionError, match="above 0"):
        run.set_temperature(wrong)
    assert run.temperature() == 1


def test_a_run_without_a_layer_has_none_to_set(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match=r"head\.npz"):
        Run(tmp_path / "empty").set_temperature(2)
