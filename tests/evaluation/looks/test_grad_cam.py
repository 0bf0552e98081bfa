"""Heat maps against gradient-weighted class activation maps by TensorFlow, of drawn pictures."""

from dataclasses import replace

import numpy as np
import pytest

from poetcore.data import images
from poetcore.evaluation.looks.heat_map import label_maps
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.feature_maps import MapExtractor
from tests.evaluation.looks.grad_cam import grad_cam


@pytest.mark.slow
def test_the_positive_part_of_a_map_is_grad_cam_by_the_number_of_places(trained, backbone_file):
    backbone, head = find(DEFAULT), trained.run.head()
    files = sorted((trained.sample / "demo").rglob("*.jpg"))[::7]
    pixels = np.stack([images.to_square(file.read_bytes(), backbone.input_size) for file in files])
    extractor = MapExtractor(backbone, lambda _: backbone_file)
    for one in (head, replace(head, unit=True)):
        ours = np.stack([label_maps(extractor.extract(picture), one) for picture in pixels])
        theirs = grad_cam(backbone, one, pixels) * ours.shape[1] * ours.shape[2]
        np.testing.assert_allclose(np.maximum(ours, 0), theirs, atol=1e-3 * theirs.max())
