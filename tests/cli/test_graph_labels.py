"""The labels of a graph are written as the original `retrain` does it; elsewhere a label is its folder."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.inside import Done, call
from tests.conftest import Trained

pytestmark = pytest.mark.slow

FOLDER, FORM = "n13003061-fly-agaric", "n13003061 fly agaric"


@pytest.fixture(scope="module")
def written(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """A training on two labels, one as ImageNet calls it, that writes all that has labels beside it."""
    folder = tmp_path_factory.mktemp("labels")
    for label, name in (("rose", FOLDER), ("tulip", "Tulip")):
        shutil.copytree(trained.sample / "train" / label, folder / "train" / name)
    done = call(
        "retrain",
        "--image_dir", folder / "train",
        "--how_many_training_steps", 20,
        "--output_labels", folder / "retrained_labels.txt",
        "--output_graph", folder / "graph" / "retrained_graph.pb",
        "--intermediate_output_graphs_dir", folder / "on_the_way",
        "--intermediate_store_frequency", 10,
        "--model_dir", trained.workspace.models,
        "--bottleneck_dir", trained.workspace.bottlenecks,
        "--workspace", folder / "tf_files",
        "--json",
    )  # fmt: skip
    assert done.status == 0, done.stderr
    return folder, done


@pytest.mark.parametrize(
    "file",
    [
        "retrained_labels.txt",
        "graph/retrained_labels.txt",
        "on_the_way/intermediate_10_labels.txt",
        "on_the_way/intermediate_20_labels.txt",
    ],
)
def test_a_graphs_labels_are_in_the_originals_form(written, file):
    assert (written[0] / file).read_text().splitlines() == [FORM, "tulip"]


def test_the_run_keeps_the_folders_names(written):
    _, done = written
    run = Path(json.loads(done.stdout.splitlines()[-1])["run_dir"])
    assert (run / "labels.txt").read_text().splitlines() == [FOLDER, "Tulip"]


def test_an_intermediate_graph_is_read_with_the_labels_beside_it(written):
    folder, _ = written
    photo = next((folder / "train" / FOLDER).iterdir())
    graph = folder / "on_the_way" / "intermediate_20.pb"
    done = call("label_image", photo, "--graph", graph, "--workspace", folder / "tf_files", "--json")
    (prediction,) = json.loads(done.stdout.splitlines()[-1])["predictions"]
    assert {score["label"] for score in prediction["scores"]} == {FORM, "tulip"}


def test_a_folder_is_evaluated_against_a_graph_whose_labels_are_in_that_form(written):
    folder, _ = written
    graph = folder / "graph" / "retrained_graph.pb"
    done = call("evaluate", folder / "train", "--graph", graph, "--workspace", folder / "tf_files", "--json")
    answer = json.loads(done.stdout.splitlines()[-1])
    assert (answer["total"], answer["labels"]) == (24, [FORM, "tulip"])
