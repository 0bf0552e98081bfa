"""Graphs that decode the picture themselves, as those of Inception v3: fed its bytes."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from poetcore.errors import OptionError
from poetcore.evaluation.frozen import FrozenGraph, GraphOptions, labels_file
from poetcore.evaluation.graphs import GraphClassifier
from tests.cli.inside import call
from tests.conftest import encoded, picture
from tests.evaluation.old_graphs import LABELS, inception_graph, means_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return inception_graph(tmp_path_factory.mktemp("inception") / "retrained_graph.pb")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("photo") / "photo.jpg"
    file.write_bytes(encoded(picture(3), quality=95))
    return file


def classifier(graph: Path, **how: object) -> GraphClassifier:
    return GraphClassifier(graph, labels_file(graph), GraphOptions(**how))


def by_script(graph: Path, content: bytes) -> np.ndarray:
    """What the script of the fire-and-smoke article gets from a graph: `(labels,)`."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default() as there, tf.gfile.GFile(str(graph), "rb") as f:
        graph_def = tf.GraphDef()
        graph_def.ParseFromString(f.read())
        tf.import_graph_def(graph_def, name="")
        with tf.Session(graph=there) as sess:
            softmax_tensor = sess.graph.get_tensor_by_name("final_result:0")
            return sess.run(softmax_tensor, {"DecodeJpeg/contents:0": content})[0]


@pytest.mark.parametrize(
    "layer", [None, "DecodeJpeg/contents", "DecodeJpeg/contents:0", "import/DecodeJpeg/contents:0"]
)
def test_a_graph_that_decodes_is_fed_the_bytes_by_itself_and_when_asked(graph, photo, layer):
    (found,) = classifier(graph, input_layer=layer).classify([photo])
    np.testing.assert_allclose(found.probabilities, by_script(graph, photo.read_bytes()), atol=1e-6)


def test_a_placeholder_is_fed_like_a_constant(tmp_path, graph, photo):
    other = inception_graph(tmp_path / "other_graph.pb", placeholder=True)
    (found,) = classifier(other).classify([photo])
    np.testing.assert_allclose(found.probabilities, by_script(graph, photo.read_bytes()), atol=1e-6)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_other_formats_are_encoded_again_without_loss(graph, form):
    options = {"lossless": True} if form == "WEBP" else {}
    content = encoded(picture(4), form, **options)
    there = Image.open(io.BytesIO(content)).convert("RGB")
    found = classifier(graph).classify_bytes("one", content)
    np.testing.assert_allclose(found.probabilities, means_of(np.asarray(there)), atol=1e-5)


def test_a_layer_of_pixels_can_be_fed_all_the_same(graph, tmp_path):
    (tmp_path / "one.png").write_bytes(encoded(picture(5), "PNG"))
    pixels = classifier(graph, input_layer="Mul", input_height=12, input_width=12)
    (found,) = pixels.classify([tmp_path / "one.png"])
    np.testing.assert_allclose(found.probabilities, means_of(np.asarray(picture(5))), atol=1e-5)


def test_a_damaged_picture_gets_its_reason_and_stops_no_other(graph, photo, tmp_path):
    for name, content in (("cut.jpg", photo.read_bytes()[:-200]), ("text.jpg", b"no picture")):
        (tmp_path / name).write_bytes(content)
    found = classifier(graph).classify([tmp_path / "cut.jpg", photo, tmp_path / "text.jpg"])
    assert [one.probabilities is None for one in found] == [True, False, True]
    assert found[0].reason.startswith("is damaged or truncated")
    assert found[2].reason.startswith("is not a picture")


def test_a_layer_of_a_list_of_texts_is_refused(tmp_path):
    import tensorflow as tf

    v1 = tf.compat.v1
    with v1.Graph().as_default() as there:
        texts = v1.placeholder(tf.string, [None], "input")
        tf.identity(texts, name="final_result")
        (tmp_path / "g.pb").write_bytes(there.as_graph_def().SerializeToString())
    with pytest.raises(OptionError, match="not pictures"):
        FrozenGraph(tmp_path / "g.pb")


def test_the_command_reads_such_a_graph_without_being_told(graph, photo, tmp_path):
    done = call("label_image", photo, "--graph", graph, "--workspace", tmp_path)
    assert done.status == 0, done.stderr
    assert LABELS[int(by_script(graph, photo.read_bytes()).argmax())] in done.stdout
