"""The addresses that classify frames."""

import io

import pytest
from PIL import Image

from poetcore.evaluation.classifier import Classifier
from poetcore.ui.live.frame_routes import FRAME_ROUTES
from tests.conftest import Trained
from tests.ui.routes import Answer, ask


@pytest.fixture(scope="module", autouse=True)
def place(trained: Trained):
    """The server's workspace is that of the shared run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFP_WORKSPACE", str(trained.workspace.root))
        yield


@pytest.fixture(scope="module")
def frame(trained: Trained) -> bytes:
    return sorted((trained.sample / "demo").rglob("*.jpg"))[0].read_bytes()


def send(path: str, body: bytes, **headers: str) -> Answer:
    return ask(FRAME_ROUTES, "POST", path, body, **({"headers": headers} if headers else {}))


def test_a_frame_gets_the_probabilities_of_its_picture(trained, frame):
    answer = send(f"/poet/live/{trained.run.name}", frame)
    wanted = Classifier(trained.run, trained.workspace).classify_bytes("a.jpg", frame).probabilities
    assert answer.status == 200 and answer.json()["milliseconds"] > 0
    assert answer.json()["probabilities"] == pytest.approx(wanted.tolist(), abs=1e-5)


def test_a_map_is_a_small_png_in_the_proportion_of_the_frame(trained, frame):
    answer = send(f"/poet/live/{trained.run.name}/map", frame)
    with Image.open(io.BytesIO(answer.body)) as image, Image.open(io.BytesIO(frame)) as photo:
        assert image.format == "PNG" and max(image.size) < 640
        assert image.width / image.height == pytest.approx(photo.width / photo.height, rel=0.02)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}])
def test_only_pages_of_this_server_may_send_frames(trained, frame, headers):
    answer = send(f"/poet/live/{trained.run.name}", frame, **headers)
    assert answer.status == 403 and "pages of this server" in answer.json()["error"]


def test_a_frame_that_is_too_large_is_not_read_to_its_end(trained):
    answer = send(f"/poet/live/{trained.run.name}", bytes(3_000_000))
    assert answer.status == 413 and answer.unread > 500


@pytest.mark.parametrize(
    ("run", "body", "status", "words"),
    [
        ("nothing", b"x", 422, "No run named 'nothing'"),
        ("..%2Fruns", b"x", 422, "No run named"),
        ("", b"hello", 400, "The frame is not a picture"),
        ("", b"", 400, "The frame "),
    ],
)
def test_what_cannot_be_told_is_said_in_a_sentence(trained, run, body, status, words):
    answer = send(f"/poet/live/{run or trained.run.name}", body)
    assert answer.status == status and words in answer.body.decode()
