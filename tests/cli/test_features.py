"""`features`: what the command writes and says."""

import json

import numpy as np
import pytest

from tests.cli.inside import call


def test_features_are_written_with_path_and_label(trained, tmp_path):
    target = tmp_path / "vectors.npz"
    place = ["--workspace", trained.workspace.root, "--json"]
    done = call("features", trained.sample / "demo", "--out", target, *place)
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.status, said["pictures"], said["vector_length"]) == (0, 20, 1280)
    with np.load(target) as found:
        assert sorted(set(found["label"])) == sorted(said["labels"])


def test_an_unknown_ending_is_refused_before_anything_is_computed(tmp_path):
    done = call("features", tmp_path, "--out", "vectors.xlsx", "--workspace", tmp_path / "tf_files")
    assert (done.status, "vectors.xlsx" in done.stderr) == (2, True)
    assert not (tmp_path / "tf_files").exists()


@pytest.mark.parametrize("command", [("features", "--out"), ("overview", "--output_csv")])
def test_the_list_of_pictures_itself_is_not_written_over(tmp_path, command):
    listing = tmp_path / "labels.csv"
    listing.write_text("path,label,split\na.jpg,rose,train\n")
    done = call(command[0], listing, command[1], listing, "--workspace", tmp_path / "tf_files")
    assert (done.status, "give another file" in done.stderr) == (2, True)
    assert listing.read_text() == "path,label,split\na.jpg,rose,train\n"
