"""A LiteRT file that is fed -1..1, as by the codelab's app: the file, its metadata, its note, the check."""

import json
import textwrap
import zipfile
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from poetcore.data import images
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.evaluation.compare import compare
from poetcore.evaluation.model_file import ModelFile
from poetcore.export.export import Exported, _calibration, export
from poetcore.export.export_options import INPUT_RANGES, ExportOptions, Facts
from poetcore.export.formats import FORMATS
from poetcore.export.lite_metadata import add_metadata
from tests.conftest import Trained

pytestmark = pytest.mark.slow

#: What a file may be called, and what must not end a piece of text or begin a pattern.
NAME = 'it\'s "mine"\\ {0}.tflite'


GIVEN = Facts("Fünf Blumen", "For a walk.", "A. Author", "CC BY 4.0")


@pytest.fixture(scope="module")
def centred(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    out = tmp_path_factory.mktemp("centred") / NAME
    return export(trained.run, trained.workspace, "tflite", out, options=ExportOptions(input_range="-1..1"))


@pytest.fixture(scope="module")
def demo(trained: Trained) -> list[Prediction]:
    """What the app says of pictures that the run never saw."""
    return Classifier(trained.run, trained.workspace).classify(sorted((trained.sample / "demo").glob("*/*")))


def test_compared_with_its_run_a_file_is_fed_as_its_metadata_say(centred, trained):
    models = [trained.run, ModelFile(centred.path)]
    (found,) = compare(models, trained.sample / "demo", trained.workspace)
    off = (found.pictures["confidence_a"] - found.pictures["confidence_b"]).abs().max()
    assert off < 1e-3


def metadata(model: bytes) -> dict[str, object]:
    """Read the metadata of a LiteRT file, field by field; their places are those of metadata_schema.fbs."""
    from ai_edge_litert import schema_py_generated as schema
    from flatbuffers import number_types as types
    from flatbuffers.table import Table

    found = schema.Model.GetRootAs(model, 0)
    (entry,) = (
        one for one in map(found.Metadata, range(found.MetadataLength())) if one.Name() == b"TFLITE_METADATA"
    )
    content = bytes(found.Buffers(entry.Buffer()).DataAsNumpy())

    def table(at: Table, place: int, member: int | None = None) -> Table:
        offset = at.Offset(4 + 2 * place)
        start = at.Vector(offset) + 4 * member if member is not None else at.Pos + offset
        return Table(at.Bytes, at.Indirect(start))

    def text(at: Table, place: int) -> str:
        return at.String(at.Pos + at.Offset(4 + 2 * place)).decode()

    def number(at: Table, place: int) -> float:
        return at.Get(types.Float32Flags, at.Vector(at.Offset(4 + 2 * place)))

    def byte(at: Table, place: int) -> int:
        return at.Get(types.Int8Flags, at.Pos + at.Offset(4 + 2 * place))

    root = Table(content, int.from_bytes(content[:4], "little"))
    graph = table(root, 3, 0)
    pixels, probabilities = table(graph, 2, 0), table(graph, 3, 0)
    unit, file = table(pixels, 4, 0), table(probabilities, 6, 0)
    told = {"name": 0, "description": 1, "author": 4, "licence": 5}
    return {
        "identifier": content[4:8],
        "color space, RGB": byte(table(table(pixels, 3), 1), 0),
        "unit, normalization": byte(unit, 0),
        "scaling": (number(table(unit, 1), 0), number(table(unit, 1), 1)),
        "limits": (number(table(pixels, 5), 1), number(table(pixels, 5), 0)),
        "labels": (text(file, 0), byte(file, 2)),
        "scores": (number(table(probabilities, 5), 1), number(table(probabilities, 5), 0)),
        **{name: text(root, place) for name, place in told.items() if root.Offset(4 + 2 * place)},
    }


def run_lite(model: Path, fed: np.ndarray) -> np.ndarray:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=model.read_bytes())
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], fed[None].astype(np.float32))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]


def test_the_file_predicts_as_the_app_where_it_is_fed_as_by_the_codelabs_app(centred, demo):
    for one in demo:
        fed = (images.to_square(one.path.read_bytes(), 224).astype(np.float32) - 128) / 128
        assert np.abs(run_lite(centred.path, fed) - one.probabilities).max() < 1e-4


def test_the_check_ran_the_file_as_it_is_fed(centred):
    assert (centred.parity.pictures, centred.parity.same_top1, centred.parity.read_otherwise) == (50, 1, 0)
    assert centred.parity.max_abs_diff < 1e-4
    written = json.loads((centred.path.parent / f"{centred.path.stem}_parity.json").read_text())
    assert written["input_range"] == "-1..1"


def test_the_metadata_have_the_scaling_and_the_labels(centred, trained):
    labels = ", ".join(trained.run.labels())
    assert metadata(centred.path.read_bytes()) == {
        "identifier": b"M001",
        "color space, RGB": 1,
        "unit, normalization": 1,
        "scaling": (128, 128),
        "limits": (-1, 0.9921875),
        "labels": ("poet_labels.txt", 2),
        "scores": (0, 1),
        "name": trained.run.name,
        "description": f"Tells which of 5 labels a picture has: {labels}.",
    }
    assert zipfile.ZipFile(centred.path).read("poet_labels.txt").decode().splitlines() == trained.run.labels()


def test_the_metadata_of_the_usual_range_say_that_nothing_is_scaled_and_what_was_given(centred):
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(centred.path.read_bytes()))
    model.metadata = []
    bare = bytes(flatbuffer_utils.convert_object_to_bytearray(model))
    found = metadata(add_metadata(bare, facts=GIVEN, fed=INPUT_RANGES["0..255"], labels="labels.txt"))
    assert (found["scaling"], found["limits"]) == ((0, 1), (0, 255))
    assert [found[name] for name in ("name", "description", "author", "licence")] == [*astuple(GIVEN)]


def test_the_lines_of_its_note_label_a_photo_as_the_app_does(centred, demo, monkeypatch, capsys):
    monkeypatch.chdir(centred.path.parent)
    Path("photo.jpg").write_bytes(demo[0].path.read_bytes())
    text = Path(f"{centred.path.stem}_README.txt").read_text(encoding="utf-8")
    assert "feed (RGB - 128) / 128, values from -1 to 1, one picture at a time" in " ".join(text.split())
    exec(compile(textwrap.dedent(text[text.index("    import io") :]), "note", "exec"), {})
    label, probability = capsys.readouterr().out.splitlines()[0].rsplit(" ", 1)
    assert (label, float(probability)) == (demo[0].label, pytest.approx(demo[0].confidence, abs=0.0006))


def test_a_quantized_file_is_calibrated_in_its_range(trained):
    found = np.stack(_calibration(trained.run, FORMATS["tflite_int8"], 32, INPUT_RANGES["-1..1"]))
    assert (found.dtype, found.shape[1:]) == (np.float32, (32, 32, 3))
    assert -1 <= found.min() < 0 < found.max() < 1
