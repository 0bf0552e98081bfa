"""The command `publish`: what visitors see is listed, and taken back."""

import json
from pathlib import Path

from tests.browser.dashboard import copy_of
from tests.cli.inside import Done, call
from tests.conftest import Trained


def test_what_was_published_is_listed_and_taken_back(trained: Trained, tmp_path: Path):
    own = copy_of(trained, tmp_path)

    def told(*arguments: object) -> Done:
        return call("publish", *arguments, "--workspace", own.workspace.root, "--json")

    done = told("--run", "latest", "--dataset", own.sample / "train")
    assert (done.status, "60 pictures" in done.stderr) == (0, True)
    listed = json.loads(done.stdout)
    assert listed == {
        "runs": {own.run.name: {"demo": "sample/demo"}},
        "datasets": {"sample_train": str(own.sample / "train")},
    }
    assert json.loads(told().stdout) == listed
    left = told("--withdraw", own.run.name, own.sample / "train")
    assert json.loads(left.stdout) == {"runs": {}, "datasets": {}}
    assert not list((own.workspace.root / "published").iterdir())
    wrong = told("--withdraw", "nothing"), told("--demo", own.sample / "demo")
    assert [one.status for one in wrong] == [2, 2]
    assert "--run" in wrong[1].stderr
    elsewhere = told("--run", "latest", "--demo", own.sample / "train")
    assert (elsewhere.status, "was not evaluated on" in elsewhere.stderr) == (2, True)
