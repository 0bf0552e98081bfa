"""The event files of a run, read back by TensorBoard's own reader."""

import io
import subprocess
import sys
import types
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from poetcore.training.matrix_picture import matrix_picture
from poetcore.training.summaries import Summaries
from poetcore.training.train import StepReport, TrainingOptions
from tests.conftest import ROOT

MATRIX = np.array([[8, 2, 0], [1, 90, 0], [0, 0, 7]])
LABELS = ["daisy", "rose", "tulip"]


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorBoard's reader can do without TensorFlow, which takes seconds to import."""
    monkeypatch.setitem(sys.modules, "tensorboard.compat.notf", types.ModuleType("tensorboard.compat.notf"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "training_summaries" / "run 1"


def read(folder: Path) -> Any:
    """Read a folder's event files as TensorBoard does."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    read.Reload()
    return read


def values(folder: Path, tag: str) -> list[tuple[int, float]]:
    """Return step and value of a scalar's events."""
    from tensorboard.util.tensor_util import make_ndarray

    events = read(folder).Tensors(tag)
    return [(event.step, round(float(make_ndarray(event.tensor_proto)), 6)) for event in events]


def plugin(folder: Path, tag: str) -> str:
    """Return the name of the plugin that shows a tag."""
    return read(folder).SummaryMetadata(tag).plugin_data.plugin_name


def report(step: int, validation: float | None = 0.25) -> StepReport:
    return StepReport(step, step / 100, 1 / step, validation, validation and 2 * validation)


# ------------------------------------------------------------------------------------------------- scalars


def test_the_scalars_of_the_training_are_under_train(folder):
    with Summaries(folder) as summaries:
        for step in (10, 20, 25):
            summaries.step(report(step))
    assert values(folder / "train", "accuracy") == [(10, 0.1), (20, 0.2), (25, 0.25)]
    assert values(folder / "train", "cross_entropy") == [(10, 0.1), (20, 0.05), (25, 0.04)]
    assert plugin(folder / "train", "accuracy") == "scalars"


def test_the_scalars_of_the_validation_are_under_validation(folder):
    with Summaries(folder) as summaries:
        summaries.step(report(10, 0.75))
        summaries.step(report(20, 0.5))
    assert values(folder / "validation", "accuracy") == [(10, 0.75), (20, 0.5)]
    assert values(folder / "validation", "cross_entropy") == [(10, 1.5), (20, 1.0)]


def test_a_training_without_validation_has_no_scalars_of_it(folder):
    with Summaries(folder) as summaries:
        summaries.step(report(10, None))
    assert [path.name for path in folder.iterdir()] == ["train"]


def test_an_event_can_be_read_before_the_training_ends(folder):
    with Summaries(folder) as summaries:
        summaries.step(report(10))
        assert values(folder / "train", "accuracy") == [(10, 0.1)]
        summaries.step(report(20))
        assert values(folder / "train", "accuracy") == [(10, 0.1), (20, 0.2)]


def test_a_run_that_writes_nothing_replaces_nothing(folder):
    with Summaries(folder) as earlier:
        earlier.step(report(1))
    with Summaries(folder):
        pass
    assert values(folder / "train", "accuracy") == [(1, 0.01)]


def test_what_an_earlier_run_of_the_name_left_is_replaced_and_nothing_else(folder):
    with Summaries(folder) as summaries:
        summaries.step(report(10))
    foreign = folder / "train" / "events.out.tfevents.1.elsewhere"
    foreign.write_bytes(b"")
    with Summaries(folder) as summaries:
        summaries.step(report(30))
    assert foreign.exists()
    foreign.unlink()
    assert [step for step, _ in values(folder / "train", "accuracy")] == [30]


# -------------------------------------------------------------------------------------------------- hparams


def test_the_hyper_parameters_are_those_of_the_options(folder):
    from tensorboard.plugins.hparams import metadata

    with Summaries(folder) as summaries:
        options = asdict(TrainingOptions(learning_rate=0.5)) | {"flip_left_right": True, "demo_dir": None}
        summaries.hparams(options, "efficientnet_lite0", None)
    contents = read(folder).PluginTagToContent("hparams")
    start = metadata.parse_session_start_info_plugin_data(contents[metadata.SESSION_START_INFO_TAG])
    end = metadata.parse_session_end_info_plugin_data(contents[metadata.SESSION_END_INFO_TAG])
    assert start.group_name == "run 1"
    assert start.hparams["architecture"].string_value == "efficientnet_lite0"
    assert start.hparams["learning_rate"].number_value == 0.5
    assert start.hparams["flip_left_right"].bool_value is True
    assert set(start.hparams) == set(options) - {"demo_dir"} | {"architecture"}
    assert end.end_time_secs >= start.start_time_secs > 0


def test_the_test_accuracy_is_a_scalar_of_the_last_step(folder):
    with Summaries(folder) as summaries:
        summaries.step(report(4000))
        summaries.hparams({}, "efficientnet_lite0", 0.875)
    assert values(folder / "test", "accuracy") == [(4000, 0.875)]


# ---------------------------------------------------------------------------------------- confusion matrix


def test_the_confusion_matrix_is_an_image_with_a_legend(folder):
    from tensorboard.util.tensor_util import make_ndarray

    with Summaries(folder) as summaries:
        summaries.confusion(4000, MATRIX, ["daisy", "菊花", "<b>*tulip*"])
    (event,) = read(folder / "test").Tensors("confusion_matrix")
    width, height, png = make_ndarray(event.tensor_proto).tolist()
    image = Image.open(io.BytesIO(png))
    assert event.step == 4000 and image.format == "PNG"
    assert image.size == (int(width), int(height))
    assert plugin(folder / "test", "confusion_matrix") == "images"
    legend = read(folder / "test").SummaryMetadata("confusion_matrix").summary_description
    assert "2. 菊花" in legend and r"3. \<b\>\*tulip\*" in legend


@pytest.mark.parametrize("count", [1, 2, 5, 40, 130, 700])
def test_a_picture_of_any_number_of_labels_has_a_sensible_size(count):
    image = Image.open(
        io.BytesIO(matrix_picture(np.eye(count, dtype=int), [f"label {i}" for i in range(count)]))
    )
    image.load()
    assert 100 <= image.width < 1900 and 100 <= image.height < 1900


def test_rows_are_true_labels_and_columns_predicted_ones():
    matrix = np.zeros((2, 2), int)
    matrix[0, 1] = 1
    image = Image.open(io.BytesIO(matrix_picture(matrix, ["a", "b"]))).convert("RGB")
    width, height = image.size
    orange = np.argwhere((np.asarray(image) == (240, 140, 0)).all(axis=2))
    row, column = orange.mean(axis=0)
    assert len(orange) > 1000 and row < height / 2 and column > width / 2


@pytest.mark.parametrize(
    "label", ["ромашка", "菊花", "ورد", "🌼", "x" * 300, "two\nlines", "", " ", "\udcff", "a\u0301\u200d"]
)
def test_a_label_in_any_script_breaks_no_picture(label):
    image = Image.open(io.BytesIO(matrix_picture(MATRIX, [label, "rose", "tulip"])))
    image.load()
    assert image.width < 500 and image.height < 500


def test_a_matrix_that_does_not_fit_its_labels_is_refused():
    with pytest.raises(ValueError, match=r"Received: \(3, 3\), 2 labels"):
        matrix_picture(MATRIX, ["daisy", "rose"])


# ---------------------------------------------------------------------------------------------- the price


def test_writing_summaries_imports_no_tensorflow(folder, backbone_file):
    script = f"""
import sys
from pathlib import Path
import numpy as np
from poetcore.features.backbones import find
from poetcore.training.layer_summaries import activation_summary, weight_summary
from poetcore.training.network_graph import network_graph
from poetcore.training.summaries import Summaries
from poetcore.training.train import StepReport
from poetcore.workspace.head import Head
head = Head(np.ones((4, 2), np.float32), np.ones(2, np.float32))
with Summaries(Path({str(folder)!r})) as summaries:
    summaries.step(StepReport(10, 0.5, 0.5, 0.5, 0.5))
    summaries.graph(network_graph(find("efficientnet_lite0"), lambda _: Path(sys.argv[1]), 2))
    summaries.write("train", 10, weight_summary(head))
    summaries.write("train", 10, activation_summary(head, np.ones((3, 4), np.float32)))
    summaries.hparams({{"seed": 0}}, "efficientnet_lite0", 0.5)
    summaries.confusion(10, np.eye(2, dtype=int), ["a", "b"])
print([name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras")])
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, backbone_file],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
