"""Export formats: each file, run by those it is made for, predicts as the app does and explains itself."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from poetcore.data import images
from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.compare import compare, find_comparison
from poetcore.evaluation.model_file import ModelFile
from poetcore.evaluation.model_file_kinds import KINDS
from poetcore.export.export import Exported, export
from poetcore.export.formats import FORMATS
from poetcore.features.lite_graph import LiteGraph
from tests.conftest import PATIENCE, Trained
from tests.export.test_export import files_below

pytestmark = pytest.mark.slow

#: A 2017 script's way with a frozen graph; nothing but tf.compat.v1.
GRAPH_SCRIPT = """
import sys
import numpy as np
import tensorflow.compat.v1 as tf

def load_graph(model_file):
    graph = tf.Graph()
    graph_def = tf.GraphDef()
    with open(model_file, "rb") as f:
        graph_def.ParseFromString(f.read())
    with graph.as_default():
        tf.import_graph_def(graph_def)
    return graph

graph = load_graph(sys.argv[1])
input_operation = graph.get_operation_by_name("import/input")
output_operation = graph.get_operation_by_name("import/final_result")
results = []
with tf.Session(graph=graph) as sess:
    for picture in np.load(sys.argv[2]):
        t = (np.expand_dims(picture.astype(np.float32), 0) - 128) / 128
        results.append(sess.run(output_operation.outputs[0], {input_operation.outputs[0]: t})[0])
np.save(sys.argv[3], results)
"""

#: LiteRT alone: TensorFlow cannot even be imported.
LITERT_SCRIPT = """
import sys
sys.modules["tensorflow"] = None
import numpy as np
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(sys.argv[1])
interpreter.allocate_tensors()
(pixels,), (probabilities,) = interpreter.get_input_details(), interpreter.get_output_details()
assert pixels["dtype"] is np.float32 and probabilities["dtype"] is np.float32
results = []
for picture in np.load(sys.argv[2]):
    interpreter.set_tensor(pixels["index"], picture[None].astype(np.float32))
    interpreter.invoke()
    results.append(interpreter.get_tensor(probabilities["index"])[0])
np.save(sys.argv[3], results)
"""


#: What can be written here: what needs a package has tests of its own, and so has the web page; and which of
#: them `compare` runs.
INSTALLED = [name for name, kind in FORMATS.items() if not kind.packages and name != "web"]
RUN_HERE = [name for name in FORMATS if name.removesuffix("_int8") in KINDS and name in INSTALLED]


@pytest.fixture(scope="module")
def exports(trained: Trained) -> dict[str, Exported]:
    """Every format once, where it goes by default."""
    return {form: export(trained.run, trained.workspace, form) for form in INSTALLED}


@pytest.fixture(scope="module")
def demo(trained: Trained) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that the run never saw, `(n, 224, 224, 3) uint8`, and what the app says, `(n, labels)`."""
    paths = sorted((trained.sample / "demo").glob("*/*"))
    predicted = Classifier(trained.run, trained.workspace).classify(paths)
    return np.stack([images.to_square(p.read_bytes(), 224) for p in paths]), np.stack(
        [p.probabilities for p in predicted]
    )


@pytest.mark.parametrize("form", RUN_HERE)
def test_compared_with_its_run_a_file_differs_as_little_as_the_check_says(form, exports, trained):
    models = [trained.run, ModelFile(exports[form].path)]
    (found,) = compare(models, trained.sample / "demo", trained.workspace)
    off = (found.pictures["confidence_a"] - found.pictures["confidence_b"]).abs().max()
    assert off < (0.2 if FORMATS[form].quantized else 1e-3)


def test_file_is_not_run_again_on_the_same_pictures(exports, trained, monkeypatch):
    models = [trained.run, ModelFile(exports["tflite"].path)]
    compare(models, trained.sample / "demo", trained.workspace)
    monkeypatch.setattr(ModelFile, "evaluate", None)
    assert find_comparison(models, trained.sample / "demo", trained.workspace) is not None


def test_comparing_refuses_labels_that_do_not_fit_the_file(exports, trained, tmp_path):
    labels = tmp_path / "labels.txt"
    labels.write_text("daisy\ndandelion\nrose\nsunflower\ntulip\nviola\n")
    models = [trained.run, ModelFile(exports["tflite"].path, labels)]
    with pytest.raises(OptionError, match="gives 5 numbers a picture, but its labels file has 6 labels"):
        compare(models, trained.sample / "demo", trained.workspace)


def by_script(script: str, model: Path, pixels: np.ndarray, place: Path) -> np.ndarray:
    """Run a script of its own on pixels: `(n, labels)`."""
    np.save(place / "pixels.npy", pixels)
    command = [sys.executable, "-c", script, str(model), str(place / "pixels.npy"), str(place / "out.npy")]
    subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=PATIENCE)
    return np.load(place / "out.npy")


def assert_same(found: np.ndarray, app: np.ndarray, tolerance: float = 0.01) -> None:
    assert found.argmax(axis=1).tolist() == app.argmax(axis=1).tolist()
    assert np.abs(found - app).max() < tolerance


def test_the_keras_file_predicts_as_the_app(exports, demo):
    import keras

    model = keras.models.load_model(exports["keras"].path)
    assert (model.input.name, model.input_shape) == ("pixels", (None, 224, 224, 3))
    assert_same(np.asarray(model(demo[0].astype(np.float32))), demo[1], 1e-4)


def test_the_saved_model_predicts_as_the_app(exports, demo):
    import tensorflow as tf

    model = tf.saved_model.load(str(exports["saved_model"].path))
    answer = model.signatures["serving_default"](pixels=tf.constant(demo[0], tf.float32))
    assert_same(answer["probabilities"].numpy(), demo[1], 1e-4)


def test_the_saved_model_holds_each_weight_once(exports):
    assert exports["saved_model"].bytes < 1.2 * exports["keras"].bytes


def test_the_lite_file_predicts_as_the_app_where_there_is_no_tensorflow(exports, demo, tmp_path):
    assert_same(by_script(LITERT_SCRIPT, exports["tflite"].path, demo[0], tmp_path), demo[1], 1e-4)


def test_a_script_of_2017_reads_the_frozen_graph(exports, demo, tmp_path):
    assert_same(by_script(GRAPH_SCRIPT, exports["frozen_graph"].path, demo[0], tmp_path), demo[1], 1e-4)


def test_the_8_bit_file_is_small_and_says_how_far_it_is_off(exports, demo, tmp_path):
    small, large = exports["tflite_int8"], exports["tflite"]
    assert small.bytes < large.bytes / 3
    assert small.parity.pictures == 50
    assert 0 < small.parity.max_abs_diff < 1
    found = by_script(LITERT_SCRIPT, small.path, demo[0], tmp_path)
    assert (found.argmax(axis=1) == demo[1].argmax(axis=1)).mean() >= 0.8


def test_the_8_bit_file_calculates_in_integers(exports):
    from ai_edge_litert.interpreter import Interpreter

    def share_of_floats(form: str) -> float:
        details = Interpreter(str(exports[form].path)).get_tensor_details()
        return float(np.mean([d["dtype"] is np.float32 for d in details]))

    assert share_of_floats("tflite_int8") < 0.05 < 0.5 < share_of_floats("tflite")


@pytest.mark.parametrize("form", INSTALLED)
def test_each_export_reports_its_comparison(exports, form):
    made = exports[form]
    files = [made.path] if made.path.is_file() else [p for p in made.path.rglob("*") if p.is_file()]
    assert (made.format, made.bytes) == (form, sum(file.stat().st_size for file in files))
    assert made.parity.pictures == 50
    if form != "tflite_int8":
        assert made.parity.same_top1 == 1
        assert made.parity.max_abs_diff < 1e-4
    stem = made.path.name if made.path.is_dir() else made.path.stem
    written = json.loads((made.path.parent / f"{stem}_parity.json").read_text())
    assert written["max_abs_diff"] == made.parity.max_abs_diff
    assert written["pictures"] == 50


def test_the_page_has_words_for_each_format():
    assert len({kind.purpose for kind in FORMATS.values()}) == len(FORMATS)
    assert all(name == kind.name for name, kind in FORMATS.items())


@pytest.mark.parametrize("form", [name for name in INSTALLED if not FORMATS[name].add_note])
def test_labels_travel_with_each_export(trained, exports, form):
    path = exports[form].path
    beside = {
        "saved_model": path / "labels.txt",
        "web": path / "labels.txt",
        "frozen_graph": path.parent / "retrained_labels.txt",
    }.get(form, path.parent / f"{path.stem}_labels.txt")
    assert beside.read_text().splitlines() == trained.run.labels()


def test_labels_are_inside_the_lite_files(trained, exports):
    for form in ("tflite", "tflite_int8"):
        inside = zipfile.ZipFile(exports[form].path)
        assert inside.read("poet_labels.txt").decode().splitlines() == trained.run.labels()
        assert inside.getinfo("poet_labels.txt").date_time[0] == 1980, "the time of the export is no content"


def test_the_lite_files_take_one_picture_and_leave_no_size_open(exports):
    for form in ("tflite", "tflite_int8"):
        graph = LiteGraph(exports[form].path.read_bytes())
        assert [one.shape for one in graph.inputs] == [(1, 224, 224, 3)]
        assert [one.shape for one in graph.outputs] == [(1, 5)]


def test_nothing_but_the_exports_is_left_behind(trained, exports):
    assert sorted(path.name for path in trained.run.exports.iterdir()) == sorted(INSTALLED)
    assert files_below(trained.run.exports / "frozen_graph") == [
        "retrained_graph.pb",
        "retrained_graph_README.txt",
        "retrained_graph_parity.json",
        "retrained_labels.txt",
    ]
