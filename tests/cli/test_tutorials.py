"""Every command of the map's table of the tutorials, as it stands there and in its order, in one folder."""

import contextlib
import functools
import hashlib
import importlib.util
import io
import re
import shlex
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.sources.samples import download_flowers
from tests.badserver import BadServer, bad_server
from tests.cli.inside import call
from tests.conftest import ROOT, Trained, encoded, picture
from tests.evaluation.old_graphs import inception_graph
from tests.sources.test_inaturalist import Api, observation

pytestmark = pytest.mark.slow

_TEXT = (ROOT / "poetcore" / "README.md").read_text(encoding="utf-8")
_SECTION = _TEXT.split("\n## The tutorials, step by step\n")[1].split("\n## ")[0]

COMMANDS = re.findall(r"`python -m poetcore ([^`]+)`", _SECTION)


@pytest.fixture(scope="module")
def server() -> Iterator[BadServer]:
    with bad_server() as running:
        yield running


@pytest.fixture(scope="module")
def here(trained: Trained, server: BadServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what the reader of the tutorials has by then."""
    folder = tmp_path_factory.mktemp("tutorials")
    (folder / "tf_files" / "models").mkdir(parents=True)
    for file in trained.workspace.models.iterdir():
        shutil.copy(file, folder / "tf_files" / "models")
    demo = trained.sample / "demo"
    shutil.copytree(demo, folder / "demo_photos")
    shutil.copy(demo / "rose" / "rose_001.jpg", folder / "photo.jpg")
    (folder / "chanterelle.txt").write_text("\n".join(server.photos(4)))
    rows = [
        f"{path},{'warm' if path.parent.name in ('rose', 'tulip') else 'cold'}|{path.parent.name}"
        for path in sorted((trained.sample / "train").rglob("*.jpg"))
    ]
    (folder / "fire.csv").write_text("\n".join(["path,label", *rows]))
    inception_graph(folder / "old_graph.pb")
    api = Api(server)
    api.observations = [observation(number, url=server.url) for number in range(1, 7)]
    for number in range(1, 7):
        server.body(f"/photos/{1000 * number}/medium.jpg", encoded(picture(100 + number)))
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        patch.setenv("TFP_IMAGES_DIR", "flower_photos")
        for name in ("TFP_WORKSPACE", "TFP_ARCHITECTURE", "TFP_IMAGE_SIZE", "TFP_RELATIVE_SIZE"):
            patch.delenv(name, raising=False)
        content = _flower_photos(trained.sample)
        patch.setattr(
            "poetcore.sources.samples.download_flowers",
            functools.partial(
                download_flowers,
                url=server.body("/flower_photos.tgz", content),
                sha256=hashlib.sha256(content).hexdigest(),
            ),
        )
        yield folder


def _flower_photos(sample: Path) -> bytes:
    """An archive like flower_photos.tgz of the drawn sample."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for part in ("train", "demo"):
            for path in sorted((sample / part).rglob("*.jpg")):
                tar.add(path, f"flower_photos/{path.parent.name}/{part}_{path.name}")
    return buffer.getvalue()


def test_the_table_has_commands():
    assert len(COMMANDS) >= 24


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_table_does_its_work(command: str, here: Path, server: BadServer):
    if "openvino" in command and importlib.util.find_spec("openvino") is None:
        pytest.skip("openvino is not installed")
    arguments = shlex.split(command)
    if "--taxon" in arguments or "--again" in arguments:
        arguments += ["--taxon_endpoint", f"{server.url}/v1"]
    done = call(*arguments)
    assert done.status == 0, done.stderr
    if "--out" in arguments:
        assert (here / arguments[arguments.index("--out") + 1]).exists()
