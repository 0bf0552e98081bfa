"""The addresses of heat maps and of similar pictures."""

import io
import json

import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from poetcore.data.file_index import sha_of
from poetcore.ui.use.look_routes import LOOK_ROUTES
from tests.conftest import Trained


@pytest.fixture(scope="module", autouse=True)
def place(trained: Trained):
    """The server's workspace is that of the shared run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFP_WORKSPACE", str(trained.workspace.root))
        yield


def ask(run: str, sha: str, kind: str, query: str = "") -> Response:
    """Request something of a picture as the server does."""
    route = next(route for route in LOOK_ROUTES if route.path.endswith(kind))
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/poet/looks/{run}/{sha}/{kind}",
        "path_params": {"run": run, "sha": sha},
        "query_string": query.encode(),
        "headers": [],
    }
    return route.endpoint(Request(scope))


@pytest.fixture(scope="module")
def sha(trained: Trained) -> str:
    file = sorted((trained.sample / "demo").rglob("*.jpg"))[0]
    with trained.workspace.file_index() as index:
        index.lookup([file])
    return sha_of(file.read_bytes())


def test_a_map_is_a_png_in_the_proportion_of_the_picture(trained, sha):
    answer = ask(trained.run.name, sha, "map")
    with trained.workspace.file_index() as index, Image.open(io.BytesIO(index.content(sha))) as photo:
        width, height = photo.size
    with Image.open(io.BytesIO(answer.body)) as image:
        assert (answer.media_type, image.format) == ("image/png", "PNG")
        assert image.width / image.height == pytest.approx(width / height, rel=0.02)


def test_labels_have_maps_of_their_own(trained, sha):
    first, second = (
        ask(trained.run.name, sha, "map", f"label={label}") for label in trained.run.labels()[:2]
    )
    assert first.status_code == second.status_code == 200 and first.body != second.body


def test_similar_pictures_come_with_their_labels(trained, sha):
    found = json.loads(ask(trained.run.name, sha, "similar").body)["similar"]
    assert len(found) == 6 and {one["label"] for one in found} <= set(trained.run.labels())
    assert all(set(one) == {"sha", "name", "label", "similarity", "words"} for one in found)


@pytest.mark.parametrize(
    ("run", "sha_", "query", "status", "words"),
    [
        ("latest", "", "label=oak", 422, "was not trained on the label 'oak'"),
        ("nothing", "", "", 422, "No run named 'nothing'"),
        ("../runs", "", "", 422, "No run named '../runs'"),
        ("latest", "0" * 64, "", 404, "The picture is not known"),
        ("latest", "../run.json", "", 404, "The picture is not known"),
    ],
)
def test_what_cannot_be_told_is_said_in_a_sentence(sha, run, sha_, query, status, words):
    answer = ask(run, sha_ or sha, "map", query)
    assert answer.status_code == status and words in json.loads(answer.body)["error"]
