"""LiteRT files as MediaPipe's image classifier and its metadata writer take them; skipped without it."""

from pathlib import Path

import numpy as np
import pytest

from poetcore.data import images
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import Exported, export
from tests.conftest import Trained

mediapipe = pytest.importorskip("mediapipe", reason="pip install mediapipe, in an environment of its own")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["tflite", "tflite_int8"])
def exported(request: pytest.FixtureRequest, trained: Trained, tmp_path_factory) -> Exported:
    out: Path = tmp_path_factory.mktemp("mediapipe") / f"{request.param}.tflite"
    return export(trained.run, trained.workspace, request.param, out)


def test_the_image_classifier_takes_the_file_and_answers_as_the_app(exported, trained):
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.ImageClassifierOptions(BaseOptions(model_asset_path=str(exported.path)))
    paths = sorted((trained.sample / "demo").glob("*/*"))
    with vision.ImageClassifier.create_from_options(options) as classifier:
        for one in Classifier(trained.run, trained.workspace).classify(paths):
            # Of the size of the input: what is larger it resizes in its own way.
            pixels = np.ascontiguousarray(images.to_square(one.path.read_bytes(), 224))
            picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=pixels)
            (head,) = classifier.classify(picture).classifications
            found = {score.category_name: score.score for score in head.categories}
            assert found.keys() == set(trained.run.labels())
            if exported.format == "tflite":
                assert max(found, key=found.__getitem__) == one.label
                assert found[one.label] == pytest.approx(one.confidence, abs=1e-3)


def test_the_metadata_writer_takes_the_file(exported, trained):
    # Not in every version: 0.10.21 has all that it imports.
    place = "mediapipe.tasks.python.metadata.metadata_writers"
    classifier = pytest.importorskip(f"{place}.image_classifier", exc_type=ImportError)
    labels = pytest.importorskip(f"{place}.metadata_writer").Labels().add(trained.run.labels())
    content = bytearray(exported.path.read_bytes())
    _, text = classifier.MetadataWriter.create(content, [0.0], [1.0], labels).populate()
    assert "TENSOR_AXIS_LABELS" in text
