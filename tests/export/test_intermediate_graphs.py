"""Graphs of a layer that is still being trained: converted once, the layer exchanged, labels beside them."""

from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.frozen import FrozenGraph
from poetcore.export import intermediate_graphs
from poetcore.export.graph_format import freeze, put_head
from poetcore.export.intermediate_graphs import IntermediateGraphs
from poetcore.features.backbones import DEFAULT, find
from poetcore.workspace.head import Head

pytestmark = pytest.mark.slow

LABELS = ["n13003061-fly-agaric", "Rose"]


def head(seed: int, activation: str = "softmax") -> Head:
    draw = np.random.default_rng(seed)
    kernel, bias = draw.normal(size=(3, 2)), draw.normal(size=2)
    return Head(kernel.astype(np.float32), bias.astype(np.float32), activation)


def small_model(activation: str = "softmax"):
    """A network whose feature vector is a picture's mean red, green and blue, with a trained layer."""
    import keras

    pixels = keras.Input((8, 8, 3), name="pixels")
    layer = keras.layers.Dense(2, activation=activation, name="probabilities")
    return keras.Model(pixels, layer(keras.layers.GlobalAveragePooling2D()(pixels)))


@pytest.fixture
def converted(monkeypatch) -> list[object]:
    """A small network in place of the backbone; grows by one with every conversion."""
    done: list[object] = []
    monkeypatch.setattr(intermediate_graphs, "build_model", lambda *_: small_model())
    monkeypatch.setattr(intermediate_graphs, "freeze", lambda *how: done.append(how) or freeze(*how))
    return done


def write(folder: Path, steps: list[int], frequency: int = 10) -> None:
    graphs = IntermediateGraphs(find(DEFAULT), frequency, folder, "final_result")
    for step in steps:
        graphs(step, head(step), LABELS)


def test_a_graph_is_written_at_the_first_report_after_every_so_many_steps(converted, tmp_path):
    write(tmp_path, [4, 8, 12, 16, 20, 24, 47])
    assert sorted(int(file.stem.split("_")[1]) for file in tmp_path.glob("*.pb")) == [12, 20, 47]


def test_the_network_is_converted_once(converted, tmp_path):
    write(tmp_path, [10, 20, 30])
    assert len(converted) == 1


def test_each_graph_predicts_with_the_layer_of_its_step(converted, tmp_path):
    write(tmp_path, [10, 20, 30])
    pixels = np.random.default_rng(0).normal(size=(1, 8, 8, 3)).astype(np.float32)
    vectors = (pixels * 128 + 128).mean(axis=(1, 2))
    for step in (10, 20, 30):
        graph = FrozenGraph(tmp_path / f"intermediate_{step}.pb")
        np.testing.assert_allclose(graph.run(pixels), head(step).probabilities(vectors), atol=1e-4)


def test_each_graph_has_its_labels_as_the_original_writes_them(converted, tmp_path):
    write(tmp_path, [10, 20])
    for step in (10, 20):
        lines = (tmp_path / f"intermediate_{step}_labels.txt").read_text().splitlines()
        assert lines == ["n13003061 fly agaric", "rose"]


def test_where_none_is_due_nothing_is_converted(converted, tmp_path):
    write(tmp_path, [1, 2, 3])
    assert (converted, list(tmp_path.iterdir())) == ([], [])


def test_a_layer_of_several_labels_stays_one(tmp_path):
    definition = freeze(small_model("sigmoid"))
    put_head(definition, head(1, "sigmoid"))
    (tmp_path / "g.pb").write_bytes(definition.SerializeToString())
    pixels = np.zeros((1, 8, 8, 3), np.float32)
    wanted = head(1, "sigmoid").probabilities(np.full((1, 3), 128, np.float32))
    np.testing.assert_allclose(FrozenGraph(tmp_path / "g.pb").run(pixels), wanted, atol=1e-5)


@pytest.mark.parametrize("taken", ["mul", "Add", "final_training_ops/Wx_plus_b/add"])
def test_the_name_of_another_layer_is_refused_for_the_output(taken):
    with pytest.raises(OptionError, match="another layer has that name"):
        freeze(small_model(), taken)
