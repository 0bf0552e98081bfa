"""Archives of a synset: its original pictures, and cropping them to the boxes of its annotations."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from poetcore.data.images import identify
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.archives import original_pictures, synset_boxes
from poetcore.sources.boxes import Box, crop, parse_annotation
from poetcore.sources.gather import gather
from poetcore.sources.gathered import Tally
from poetcore.sources.opening import Endpoints, open_sources
from poetcore.sources.origin import Origin
from tests.conftest import encoded, picture
from tests.sources.conftest import ONE_RETRY, QUICK, files, reasons

WNID = "n12997654"
HALF = Box(0, 0, 50, 100)


def tar(members: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def annotation(name: str, *boxes: tuple[int, int, int, int], size: tuple[int, int] = (100, 80)) -> bytes:
    sides = ("xmin", "ymin", "xmax", "ymax")
    objects = "".join(
        f"<object><name>{WNID}</name><bndbox>"
        + "".join(f"<{side}>{value}</{side}>" for side, value in zip(sides, box, strict=True))
        + "</bndbox></object>"
        for box in boxes
    )
    width, height = size
    return (
        f"<annotation><filename>{name}</filename><size><width>{width}</width><height>{height}</height>"
        f"</size>{objects}</annotation>"
    ).encode()


@pytest.fixture
def synset(server) -> Endpoints:
    """Three pictures, of which the first has a box on its left half, and the service of URLs names them."""
    pictures = {f"{WNID}/{WNID}_{i}.JPEG": encoded(picture(i, (200, 160))) for i in range(3)}
    server.body(f"/{WNID}.tar", tar(pictures, "w"), "application/x-tar")
    boxes = tar({f"Annotation/{WNID}/{WNID}_0.xml": annotation(f"{WNID}_0", (0, 0, 50, 80))})
    nested = tar({"bboxes/n00000001.tar.gz": tar({}), f"bboxes/{WNID}.tar.gz": boxes})
    server.body("/boxes.tar.gz", nested, "application/gzip")
    server.body(f"/{WNID}.boxes.tar.gz", boxes, "application/gzip")
    listed = [f"{WNID}_{i} {server.photo(f'/photo{i}.jpg', 10 + i)}" for i in range(3)]
    server.body("/geturls", "\n".join(listed).encode(), "text/plain")
    return Endpoints(
        server.url + "/geturls?wnid={wnid}",
        server.url + "/{wnid}.tar?accesskey=secret",
        server.url + "/boxes.tar.gz",
        server.url + "/v1",
    )


@pytest.fixture
def gathered(tmp_path, index, synset):
    """Gather a synset in some way, into `tmp_path/dest`."""

    def gather_synset(count: int | None = None, endpoints: Endpoints = synset, **how: bool):
        told: list[str] = []
        sources = open_sources([("fungus", Origin("wnid", WNID, **how))], endpoints, QUICK, told.append)
        done = gather(tmp_path / "dest", sources, index, count=count, options=ONE_RETRY)
        return done, told

    return gather_synset


def sizes(folder: Path) -> list[tuple[int, int]]:
    found = [identify((folder / name).read_bytes()) for name in files(folder)]
    return [(one.width, one.height) for one in found]


def test_the_original_pictures_come_out_of_the_archive(gathered, tmp_path):
    done, _ = gathered(original=True)
    assert done.labels == {"fungus": Tally(3, 3, 0, 0)}
    assert sizes(tmp_path / "dest") == [(200, 160)] * 3
    assert f"fungus/{WNID}_0_" in files(tmp_path / "dest")[0]


def test_an_access_key_is_nothing_for_the_log(gathered):
    done, _ = gathered(original=True)
    assert "secret" not in done.log.read_text() and f"/{WNID}.tar#{WNID}_0.JPEG" in done.log.read_text()


def test_what_was_taken_out_of_an_archive_is_not_taken_again(gathered):
    gathered(original=True)
    assert gathered(original=True)[0].labels == {"fungus": Tally(3, 0, 3, 0)}


def test_of_an_archive_no_more_is_taken_than_asked_for(gathered, tmp_path):
    gathered(original=True, count=2)
    assert len(files(tmp_path / "dest")) == 2


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_what_is_no_picture_in_an_archive_is_listed_with_its_reason(server, gathered, content):
    server.body(f"/{WNID}.tar", tar({"a.JPEG": content, "b.JPEG": encoded(picture(5))}), "application/x-tar")
    done, _ = gathered(original=True)
    assert done.labels == {"fungus": Tally(2, 1, 0, 1)} and reasons(done)[0]


@pytest.mark.parametrize("how", [{"original": True}, {}])
def test_a_picture_with_a_box_is_cropped_to_it_and_others_stay_whole(gathered, tmp_path, how):
    gathered(bounding_boxes=True, **how)
    whole = (200, 160) if how else (64, 48)
    assert sorted(sizes(tmp_path / "dest")) == [(whole[0] // 2, whole[1]), whole, whole]


def test_the_archive_of_a_single_synset_has_boxes_too(server, synset):
    assert synset_boxes(WNID, server.url + "/{wnid}.boxes.tar.gz") == {f"{WNID}_0": HALF}


def test_where_no_url_names_a_picture_with_a_box_this_is_told(server, gathered):
    server.body("/geturls", "\n".join(server.photos(2)).encode(), "text/plain")
    done, told = gathered(bounding_boxes=True)
    assert done.files == 2 and "nothing is cropped" in told[-1]


def test_of_several_boxes_the_largest_counts():
    found = parse_annotation(annotation("a_1.JPEG", (0, 0, 10, 10), (50, 40, 100, 80)))
    assert found == ("a_1", Box(50, 50, 50, 50))


def test_a_box_is_a_share_of_a_picture_of_any_size():
    left = Image.open(io.BytesIO(crop(encoded(picture(1, (400, 300))), HALF)))
    assert (left.size, left.format) == ((200, 300), "JPEG")


def test_a_box_is_read_from_the_address_that_names_it():
    box = Box(12.5, 0, 33.33, 100)
    assert (Box.of(f"http://a/b.jpg#{box.fragment}"), Box.of("http://a/b.jpg#c")) == (box, None)


@pytest.mark.parametrize(
    "content",
    [
        b"no XML",
        b"<annotation/>",
        annotation("a"),
        annotation("a", (5, 5, 5, 9)),
        annotation("", (0, 0, 9, 9)),
        annotation("a", (0, 0, 9, 9), size=(0, 0)),
        b"<annotation><filename>a</filename><object><bndbox><xmin>x</xmin></bndbox></object></annotation>",
    ],
)
def test_an_annotation_without_a_box_is_none(content):
    assert parse_annotation(content) is None


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/none.tar", "answered 404"),
        ("/geturls", "no tar file"),
        ("/broken.tar", "broke off"),
        ("/vast.tar", "broke off"),
    ],
)
def test_an_archive_that_cannot_be_read_is_one_sentence(server, synset, path, why):
    whole = tar({"a.JPEG": bytes(100_000)}, "w")
    server.truncated("/broken.tar", whole[:50_000], 50_000)
    vast = tarfile.TarInfo("b.JPEG")
    vast.size = 2**70  # no number of bytes that a file has
    server.body("/vast.tar", vast.tobuf(tarfile.GNU_FORMAT) + whole, "application/x-tar")
    with pytest.raises(DownloadError, match=why):
        list(original_pictures(WNID, server.url + path + "?{wnid}"))


def test_a_server_that_is_not_there_is_one_sentence():
    with pytest.raises(DownloadError, match="cannot be reached"):
        synset_boxes(WNID, "http://127.0.0.1:9/boxes.tar.gz")


def test_a_synset_without_boxes_is_one_sentence(server):
    server.body("/boxes.tar.gz", tar({"n00000001_1.xml": annotation("n00000001_1", (0, 0, 9, 9))}))
    with pytest.raises(DownloadError, match=f"No bounding boxes of {WNID}"):
        synset_boxes(WNID, server.url + "/boxes.tar.gz")


def test_an_endpoint_that_names_no_synset_is_refused():
    with pytest.raises(OptionError, match=r"\{wnid\} in it"):
        Endpoints(originals="http://a/archive.tar")
