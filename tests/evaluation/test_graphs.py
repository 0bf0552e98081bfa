"""Graphs of pixels: run as the original label_image runs them, refused in one sentence otherwise."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from poetcore.data import images
from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.frozen import FrozenGraph, GraphOptions, labels_file
from poetcore.evaluation.graphs import GraphClassifier, match_graph_labels
from poetcore.system.progress import Progress
from tests.conftest import Trained, encoded, picture
from tests.evaluation.old_graphs import resized

pytestmark = pytest.mark.slow

LABELS = ["cat", "dog", "cow"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photos")
    for i in range(5):
        (folder / f"{i}.png").write_bytes(encoded(picture(i), "PNG"))
    return sorted(folder.iterdir())


def graph_file(
    file: Path,
    shape: tuple[int | None, ...] | None = (1, 8, 8, 3),
    names: tuple[str, str] = ("input", "final_result"),
    dtype: str = "float32",
    variable: bool = False,
) -> Path:
    """Write a graph whose outputs for a picture are the softmax of its mean red, green and blue."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with v1.Graph().as_default() as graph:
        fed = v1.placeholder(dtype, shape, names[0])
        channels = tf.reduce_mean(tf.cast(fed, tf.float32), axis=[1, 2])
        if variable:
            channels *= v1.get_variable("weight", [3], use_resource=False)
        tf.nn.softmax(channels, name=names[1])
        file.write_bytes(graph.as_graph_def().SerializeToString())
    file.with_name("labels.txt").write_text("".join(f"{label}\n" for label in LABELS))
    return file


def expected(photo: Path, mean: float = 128, std: float = 128, size: int = 8) -> np.ndarray:
    """What `graph_file` says of a picture, worked out by hand: `(3,)`."""
    pixels = resized(np.asarray(Image.open(photo)), size, size)
    powers = np.exp(((pixels - mean) / std).mean(axis=(0, 1)))
    return powers / powers.sum()


def classifier(graph: Path, **how: object) -> GraphClassifier:
    return GraphClassifier(graph, graph.with_name("labels.txt"), GraphOptions(**how))


@pytest.mark.parametrize("batch", [1, None, 3])
def test_a_graph_gets_as_many_pictures_at_once_as_it_wants(photos, tmp_path, batch):
    seen: list[Progress] = []
    graph = classifier(graph_file(tmp_path / "g.pb", (batch, 8, 8, 3)))
    found = graph.classify(photos, seen.append)
    assert [p.path for p in found] == photos
    assert found[0].labels == tuple(LABELS)
    for prediction in found:
        np.testing.assert_allclose(prediction.probabilities, expected(prediction.path), atol=1e-5)
    assert seen[-1] == Progress("predicting", 5, 5)


def test_mean_and_deviation_are_as_asked(photos, tmp_path):
    (found,) = classifier(graph_file(tmp_path / "g.pb"), input_mean=0, input_std=255).classify(photos[:1])
    np.testing.assert_allclose(found.probabilities, expected(photos[0], 0, 255), atol=1e-5)


def test_a_graph_exported_by_poet_says_what_the_app_says(trained: Trained, poet_graph):
    paths = sorted((trained.sample / "demo").glob("*/*"))
    graph = GraphClassifier(poet_graph, labels_file(poet_graph))
    for old, app in zip(
        graph.classify(paths), Classifier(trained.run, trained.workspace).classify(paths), strict=True
    ):
        assert (old.path, old.sha, old.top(1)[0][0]) == (app.path, app.sha, app.top(1)[0][0])
        np.testing.assert_allclose(old.probabilities, app.probabilities, atol=1e-4)


def test_a_graph_of_an_earlier_version_of_poet_sees_what_the_app_sees(tmp_path):
    content = encoded(picture(6, (640, 480)))
    file = graph_file(tmp_path / "g.pb", names=("input", "poet_1/probabilities_1/Softmax"))
    found = classifier(file, output_layer="poet_1/probabilities_1/Softmax").classify_bytes("one", content)
    powers = np.exp(((images.to_square(content, 8) - 128.0) / 128).mean(axis=(0, 1)))
    np.testing.assert_allclose(found.probabilities, powers / powers.sum(), atol=1e-5)


@pytest.mark.parametrize("written", ["fed", "fed:0", "import/fed", "import/fed:0"])
def test_layers_are_found_however_a_script_writes_them(tmp_path, written):
    file = graph_file(tmp_path / "g.pb", names=("fed", "out"))
    graph = FrozenGraph(file, written, written.replace("fed", "out"))
    assert (graph.shape, graph.outputs) == ((1, 8, 8), 3)


@pytest.mark.parametrize(
    ("shape", "layer", "asked", "size"),
    [
        ((1, 8, 8, 3), "input", {}, (8, 8)),
        ((None, None, None, 3), "input", {}, (224, 224)),
        (None, "Mul", {}, (299, 299)),
        ((1, None, None, 3), "input", {"input_height": 40, "input_width": 40}, (40, 40)),
        ((None, 6, 10, 3), "input", {}, (6, 10)),
    ],
)
def test_the_input_size_is_what_the_graph_says_else_what_is_usual(
    photos, tmp_path, shape, layer, asked, size
):
    graph = classifier(
        graph_file(tmp_path / "g.pb", shape, (layer, "final_result")), input_layer=layer, **asked
    )
    assert (graph.height, graph.width) == size
    (found,) = graph.classify(photos[:1])
    if size[0] == size[1]:
        np.testing.assert_allclose(found.probabilities, expected(photos[0], size=size[0]), atol=1e-5)
    assert found.probabilities.sum() == pytest.approx(1)


def test_a_file_that_is_no_picture_gets_its_reason(photos, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    found = classifier(graph_file(tmp_path / "g.pb")).classify([photos[0], bad, tmp_path / "gone.jpg"])
    assert found[0].probabilities is not None
    assert [p.probabilities for p in found[1:]] == [None, None]
    assert found[1].reason.startswith("is not a picture")
    assert found[2].reason == "does not exist"
    assert (found[1].sha != "", found[2].sha) == (True, "")


def test_an_upload_is_labelled_like_a_file(photos, tmp_path):
    graph = classifier(graph_file(tmp_path / "g.pb"))
    found = graph.classify_bytes("mine.png", photos[1].read_bytes())
    np.testing.assert_allclose(found.probabilities, expected(photos[1]), atol=1e-5)
    assert graph.classify_bytes("bad", b"x").reason is not None


@pytest.mark.parametrize("content", [b"", b"hello, I am text\n", encoded(picture(), "PNG")])
def test_a_file_that_is_no_graph_is_refused(tmp_path, content):
    (tmp_path / "g.pb").write_bytes(content)
    with pytest.raises(OptionError, match=r"g.pb is not a TensorFlow graph: give a frozen graph"):
        FrozenGraph(tmp_path / "g.pb")


def test_a_graph_that_is_missing_is_refused(tmp_path):
    with pytest.raises(OptionError, match=r"gone.pb cannot be read \(No such file"):
        FrozenGraph(tmp_path / "gone.pb")


def test_a_graph_of_unknown_operations_is_refused(tmp_path):
    import tensorflow as tf

    definition = tf.compat.v1.GraphDef()
    definition.node.add(name="input", op="NoSuchOperation")
    (tmp_path / "g.pb").write_bytes(definition.SerializeToString())
    with pytest.raises(OptionError, match="was not run: it has the operation NoSuchOperation"):
        FrozenGraph(tmp_path / "g.pb")


@pytest.mark.parametrize("what", ["input", "output"])
def test_a_missing_layer_is_named_with_those_that_there_are(tmp_path, what):
    file = graph_file(tmp_path / "g.pb", names=("fed", "probabilities"))
    layers = {"input_layer": "fed", "output_layer": "probabilities", f"{what}_layer": "other"}
    with pytest.raises(
        OptionError, match=f"no {what} layer 'other'.* the inputs fed and ends in probabilities"
    ):
        FrozenGraph(file, **layers)


def test_a_layer_that_takes_no_pictures_is_refused(tmp_path):
    with pytest.raises(OptionError, match="not pictures"):
        FrozenGraph(graph_file(tmp_path / "g.pb"), input_layer="final_result")


def test_a_graph_whose_weights_are_elsewhere_is_refused(photos, tmp_path):
    with pytest.raises(OptionError, match="its weights are not in it: give a frozen graph"):
        classifier(graph_file(tmp_path / "g.pb", variable=True)).classify(photos)


def test_labels_that_do_not_fit_the_outputs_are_refused(tmp_path):
    file = graph_file(tmp_path / "g.pb")
    (tmp_path / "labels.txt").write_text("cat\ndog\n")
    with pytest.raises(OptionError, match=r"labels.txt has 2 labels, but the graph gives 3 numbers"):
        classifier(file)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read"), (b"\xff\xfe\x00", "not text"), (b"cat\ncat\ndog\n", "a label twice")],
)
def test_unusable_labels_are_refused(tmp_path, content, sentence):
    file = graph_file(tmp_path / "g.pb")
    (tmp_path / "labels.txt").unlink()
    if content is not None:
        (tmp_path / "labels.txt").write_bytes(content)
    with pytest.raises(OptionError, match=sentence):
        classifier(file)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"input_std": 0}, "input_std must be more than 0"),
        ({"input_height": 9}, "input_height must be 8"),
        ({"input_width": 0}, "input_width must lie between 1 and 2048"),
    ],
)
def test_impossible_values_are_refused(tmp_path, asked, sentence):
    with pytest.raises(OptionError, match=sentence):
        classifier(graph_file(tmp_path / "g.pb"), **asked)


def test_labels_match_by_what_they_look_like_or_in_the_original_form():
    model = ["bearded iris blue", "rose", "Tulip"]
    assert match_graph_labels(["Bearded_Iris (blue)", "ROSE!", "Tulip"], model) == {
        "Bearded_Iris (blue)": "bearded iris blue",
        "ROSE!": "rose",
        "Tulip": "Tulip",
    }


@pytest.mark.parametrize(
    ("name", "model"),
    [("tulip", ["rose"]), ("ROSE!", ["Rose", "rose"]), ("さくら", ["バラ"])],
)
def test_names_that_are_unknown_or_not_clear_are_missing(name, model):
    assert match_graph_labels([name], model) == {}
