"""What a model file from elsewhere may hold: looked at before anything of it is made."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from poetcore.features.allowed_layers import foreign_layer
from poetcore.features.allowed_operations import foreign_operation


def graph_of(operation: str, *, inside: bool) -> Any:
    """A graph with an operation, or with a function that has it."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    graph = GraphDef()
    graph.node.add(name="input", op="Placeholder")
    if inside:
        graph.library.function.add().node_def.add(name="it", op=operation)
        graph.node.add(name="call", op="PartitionedCall")
    else:
        graph.node.add(name="it", op=operation)
    return graph


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    "operation",
    ["ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "PrintV2", "ImmutableConst", "SaveV2", "x"],
)
def test_an_operation_that_no_network_needs_is_found_wherever_it_is(operation: str, inside: bool) -> None:
    assert foreign_operation(graph_of(operation, inside=inside)) == operation


@pytest.mark.parametrize("operation", ["Conv2D", "QuantizedConv2D", "FusedResizeAndPadConv2D", "DecodeJpeg"])
def test_what_networks_calculate_with_is_allowed(operation: str) -> None:
    assert foreign_operation(graph_of(operation, inside=True)) == ""


def keras_file(file: Path, *layers: dict[str, Any]) -> Path:
    whole = {
        "module": "keras",
        "class_name": "Sequential",
        "registered_name": None,
        "config": {"name": "own", "layers": list(layers)},
        "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "Adam"}},
    }
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps(whole))
    return file


def layer(name: str, module: str = "keras.layers", registered: str | None = None, **config: Any) -> Any:
    return {"module": module, "class_name": name, "registered_name": registered, "config": config}


@pytest.mark.parametrize(
    ("found", "one"),
    [
        ("Lambda", layer("Lambda", function={"class_name": "__lambda__"})),
        ("TFSMLayer", layer("TFSMLayer", filepath="/tmp/other")),
        ("function", layer("function", "keras.utils", "get_file")),
        ("Dense", layer("Dense", "os")),
        ("Dense", layer("Dense", registered="mine>Dense")),
        ("Popen", layer("Dense", kernel_initializer=layer("Popen", "subprocess"))),
        (
            "StringLookup",
            layer("Add", node={"compile_config": layer("StringLookup", vocabulary="/etc/passwd")}),
        ),
        ("TFSMLayer", {**layer("Sequential", "keras"), "compile_config": {"loss": layer("TFSMLayer")}}),
        ("", {**layer("Sequential", "keras"), "compile_config": {"loss": layer("Huber", "keras.losses")}}),
        ("", layer("Dense", units=3, kernel_initializer=layer("GlorotUniform", "keras.initializers"))),
    ],
)
def test_layers_that_are_not_of_keras_or_run_what_is_given_are_found(
    tmp_path: Path, found: str, one: dict[str, Any]
) -> None:
    assert foreign_layer(keras_file(tmp_path / "a.keras", layer("InputLayer"), one)) == found


def test_a_file_that_is_of_both_kinds_is_read_as_keras_reads_it(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened.attrs["model_config"] = json.dumps({"class_name": "Lambda", "config": {}})
    with zipfile.ZipFile(tmp_path / "a.h5", "a") as archive:
        archive.writestr("config.json", "{}")
    assert foreign_layer(tmp_path / "a.h5") == "Lambda"


@pytest.mark.parametrize("content", [b"[" * 100_000, b"{", b"\xff"])
def test_a_damaged_description_is_told(tmp_path: Path, content: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("config.json", content)
    with pytest.raises(ValueError):
        foreign_layer(tmp_path / "a.keras")
