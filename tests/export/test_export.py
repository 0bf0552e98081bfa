"""Exports: each file, run by whoever it is made for, predicts as the app does, or is not made at all."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.data import images
from poetcore.errors import OptionError, ParityError, RunError
from poetcore.evaluation.classifier import Classifier
from poetcore.export import parity
from poetcore.export.export import FORMATS, Exported, export
from poetcore.system.progress import Progress
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT, Trained

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


@pytest.fixture(scope="module")
def exports(trained: Trained) -> dict[str, Exported]:
    """Every format once, where it goes by default."""
    return {form: export(trained.run, trained.workspace, form) for form in FORMATS}


@pytest.fixture(scope="module")
def demo(trained: Trained) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that the run never saw, `(n, 224, 224, 3) uint8`, and what the app says, `(n, labels)`."""
    paths = sorted((trained.sample / "demo").glob("*/*"))
    said = Classifier(trained.run, trained.workspace).classify(paths)
    return np.stack([images.to_square(p.read_bytes(), 224) for p in paths]), np.stack(
        [p.probabilities for p in said]
    )


def by_script(script: str, model: Path, pixels: np.ndarray, place: Path) -> np.ndarray:
    """Run a script of its own on pixels: `(n, labels)`."""
    np.save(place / "pixels.npy", pixels)
    command = [sys.executable, "-c", script, str(model), str(place / "pixels.npy"), str(place / "out.npy")]
    subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=120)
    return np.load(place / "out.npy")


def assert_same(found: np.ndarray, app: np.ndarray, tolerance: float = 0.01) -> None:
    assert found.argmax(axis=1).tolist() == app.argmax(axis=1).tolist()
    assert np.abs(found - app).max() < tolerance


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


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


@pytest.mark.parametrize("form", FORMATS)
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


@pytest.mark.parametrize("form", FORMATS)
def test_labels_travel_with_each_export(trained, exports, form):
    path = exports[form].path
    beside = {
        "saved_model": path / "labels.txt",
        "frozen_graph": path.parent / "retrained_labels.txt",
    }.get(form, path.parent / f"{path.stem}_labels.txt")
    assert beside.read_text().splitlines() == trained.run.labels()


def test_labels_are_inside_the_lite_files(trained, exports):
    for form in ("tflite", "tflite_int8"):
        inside = zipfile.ZipFile(exports[form].path).read("labels.txt").decode()
        assert inside.splitlines() == trained.run.labels()


@pytest.mark.parametrize("form", FORMATS)
def test_the_code_in_the_note_names_the_right_label(trained, exports, form, monkeypatch, capsys):
    made = exports[form]
    photo = sorted((trained.sample / "demo").glob("*/*"))[0]
    monkeypatch.chdir(made.path.parent)
    stem = made.path.name if made.path.is_dir() else made.path.stem
    text = Path(f"{stem}_README.txt").read_text()
    lines = text[text.index("    from pathlib") :].splitlines()
    code = "\n".join(line.removeprefix("    ") for line in lines).replace("photo.jpg", str(photo))
    exec(compile(code, "note", "exec"), {})
    (said,) = Classifier(trained.run, trained.workspace).classify([photo])
    first = capsys.readouterr().out.splitlines()[0]
    assert first.rsplit(" ", 1)[0] == said.top(1)[0][0]
    assert float(first.rsplit(" ", 1)[1]) == pytest.approx(said.top(1)[0][1], abs=0.1)


def test_nothing_but_the_exports_is_left_behind(trained, exports):
    assert sorted(path.name for path in trained.run.exports.iterdir()) == sorted(FORMATS)
    assert files_below(trained.run.exports / "frozen_graph") == [
        "retrained_graph.pb",
        "retrained_graph_README.txt",
        "retrained_graph_parity.json",
        "retrained_labels.txt",
    ]


def test_an_export_that_disagrees_with_the_app_is_an_error_and_leaves_nothing(trained, monkeypatch, tmp_path):
    class Tampered(Classifier):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            self._head = Head(np.roll(self._head.kernel, 1, axis=1), np.roll(self._head.bias, 1))

    monkeypatch.setattr(parity, "Classifier", Tampered)
    with pytest.raises(ParityError, match=r"50 of 50 pictures get another label") as raised:
        export(trained.run, trained.workspace, "frozen_graph", tmp_path / "out" / "graph.pb")
    assert raised.value.exit_status == 1
    assert files_below(tmp_path / "out") == []


def test_a_failed_export_keeps_the_earlier_one(trained, monkeypatch, tmp_path):
    out = tmp_path / "model.keras"
    out.write_bytes(b"earlier")

    def fails(*_: object) -> None:
        raise ParityError("no")

    monkeypatch.setattr("poetcore.export.export.check", fails)
    with pytest.raises(ParityError):
        export(trained.run, trained.workspace, "keras", out)
    assert files_below(tmp_path) == ["model.keras"]
    assert out.read_bytes() == b"earlier"


HERE = np.array([[0.6, 0.4], [0.3, 0.7]])
PATHS = [Path("one.jpg"), Path("two.jpg")]


def compare(form: str, there: list[list[float]]) -> parity.Parity:
    return parity._compare(form, form == "tflite_int8", ("cat", "dog"), PATHS, HERE, np.array(there))


def test_the_comparison_counts_by_hand():
    found = compare("tflite_int8", [[0.3, 0.7], [0.3, 0.7]])
    assert (found.pictures, found.same_top1) == (2, 0.5)
    assert found.max_abs_diff == pytest.approx(0.3)


@pytest.mark.parametrize("there", [[[0.3, 0.7], [0.3, 0.7]], [[0.62, 0.38], [0.3, 0.7]]])
def test_another_label_or_a_probability_far_off_fails(there):
    with pytest.raises(ParityError, match="one.jpg: the app says cat"):
        compare("tflite", there)


@pytest.mark.parametrize("form", FORMATS)
def test_numbers_that_are_none_never_pass(form):
    with pytest.raises(ParityError):
        compare(form, [[float("nan"), 0.4], [0.3, 0.7]])


def test_two_labels_at_the_same_place_are_no_disagreement():
    found = parity._compare(
        "keras", False, ("a", "b"), PATHS[:1], np.array([[0.50001, 0.49999]]), HERE[:1] * 0 + 0.5
    )
    assert found.same_top1 == 1


def moved(trained: Trained, place: Path) -> Run:
    """A copy of the run whose pictures are gone."""
    run = Run(place / "lost")
    run.folder.mkdir()
    run.write_record(replace(trained.run.record(), name="lost"))
    run.write_model(trained.run.labels(), trained.run.head())
    split = trained.run.split()
    run.write_split(split.assign(path="/gone" + split["path"]))
    return run


def test_without_pictures_nothing_is_compared_and_that_is_said(trained, tmp_path):
    said: list[Progress] = []
    made = export(moved(trained, tmp_path), trained.workspace, "keras", tmp_path / "out", said.append)
    assert (made.parity.pictures, made.parity.same_top1, made.parity.max_abs_diff) == (0, None, None)
    assert any("none of the pictures of lost is left" in one.message for one in said)
    assert "could not be compared" in (tmp_path / "out" / "model_README.txt").read_text()


def test_without_training_pictures_nothing_can_be_calibrated(trained, tmp_path):
    with pytest.raises(RunError, match="calibrated"):
        export(moved(trained, tmp_path), trained.workspace, "tflite_int8")


def test_an_unknown_format_lists_those_that_there_are(trained):
    with pytest.raises(OptionError, match=", ".join(FORMATS)):
        export(trained.run, trained.workspace, "onnx")


@pytest.mark.parametrize("name", ["input", "a b", "_x", "-"])
def test_an_impossible_name_for_the_output_is_refused(trained, name):
    with pytest.raises(OptionError, match="final_tensor_name"):
        export(trained.run, trained.workspace, "frozen_graph", final_tensor_name=name)


def test_the_output_of_a_frozen_graph_gets_the_name_asked_for(trained, tmp_path):
    from poetcore.evaluation.frozen import FrozenGraph

    out = tmp_path / "old.pb"
    export(trained.run, trained.workspace, "frozen_graph", out, final_tensor_name="my_result")
    assert FrozenGraph(out, output_layer="my_result").outputs == len(trained.run.labels())
    assert files_below(tmp_path) == ["old.pb", "old_README.txt", "old_labels.txt", "old_parity.json"]


@pytest.mark.parametrize(
    ("form", "lies_there", "out"),
    [
        ("saved_model", "photos/mine.jpg", "photos"),
        ("saved_model", "file.txt", "file.txt"),
        ("tflite", "photos/model.tflite/mine.jpg", "photos"),
        ("tflite", "file.txt", "file.txt/model.tflite"),
        ("keras", "file.txt", "model.h5"),
    ],
)
def test_what_is_no_export_is_never_replaced(trained, tmp_path, form, lies_there, out):
    mine = tmp_path / lies_there
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(OptionError, match="choose|must end"):
        export(trained.run, trained.workspace, form, tmp_path / out)
    assert mine.read_text() == "mine"


def test_an_earlier_folder_is_replaced_by_the_next(trained, tmp_path, monkeypatch):
    out = tmp_path / "served"
    out.mkdir()
    (out / "saved_model.pb").write_text("earlier")
    (out / "stale").write_text("earlier")

    def save(tf: object, model: object, folder: Path) -> None:
        folder.mkdir()
        (folder / "saved_model.pb").write_text("new")

    monkeypatch.setattr("poetcore.export.export._save", save)
    monkeypatch.setattr("poetcore.export.export.check", lambda *_: parity.Parity(0, None, None))
    assert export(trained.run, trained.workspace, "saved_model", out).path == out
    assert files_below(out) == ["labels.txt", "saved_model.pb"]
    assert (out / "saved_model.pb").read_text() == "new"


def test_the_command_gives_json(trained: Trained, tmp_path: Path):
    arguments = ["export", "--run", trained.run.name, "--format", "frozen_graph", "--json"]
    arguments += ["--out", str(tmp_path / "g.pb"), "--workspace", str(trained.workspace.root)]
    done = subprocess.run(
        [sys.executable, "-m", "poetcore", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    answer = json.loads(done.stdout)
    assert (answer["format"], answer["path"]) == ("frozen_graph", str(tmp_path / "g.pb"))
    assert answer["bytes"] == (tmp_path / "g.pb").stat().st_size
    assert answer["parity"]["same_top1"] == 1
    assert answer["parity"]["pictures"] == 50


def test_a_run_that_is_not_finished_has_nothing_to_export(tmp_path):
    place = Workspace(tmp_path)
    with pytest.raises(RunError, match="unfinished"):
        export(place.create_run("new"), place, "keras")
