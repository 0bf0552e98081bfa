"""Bodies and headers that are larger than they look, and such that never end."""

import bz2
import gzip
import io
import tarfile
import tracemalloc
import zlib
from dataclasses import replace

import pytest

from poetcore.errors import DownloadError
from poetcore.sources.archives import original_pictures, synset_boxes
from poetcore.sources.fetch import Outcome
from poetcore.sources.inaturalist import find_taxon
from tests.sources.conftest import PHOTO, QUICK, fetch_one

WNID = "n12997654"
ZEROS = bytes(30_000_000)
BOMBS = {
    "gzip": gzip.compress(ZEROS, 1),
    "deflate": zlib.compress(ZEROS, 1),
    "br": b"\x00" * 100,
    "zstd": b"\x28\xb5\x2f\xfd" + bytes(100),
    "gzip, gzip": gzip.compress(gzip.compress(ZEROS, 1)),
}


def packed(server, path, content, encoding):
    return server.page(path, lambda one: one.answer(200, content, Content_Encoding=encoding))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_body_that_swells_is_cut_off(server, encoding):
    url = packed(server, "/bomb", BOMBS[encoding], encoding)
    server.body("/robots.txt", b"")
    tracemalloc.start()
    try:
        fetched = fetch_one(url)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert fetched.outcome is Outcome.REFUSED
    assert fetched.reason in (
        "is larger than 0.5 megabytes",
        f"is compressed as '{encoding}', which was not asked for",
    )
    assert peak < 8_000_000


def test_a_picture_that_is_packed_for_the_way_is_unpacked(server):
    assert fetch_one(packed(server, "/a.jpg", gzip.compress(PHOTO), "gzip")).content == PHOTO


def test_lines_after_the_last_piece_end_in_time(server):
    def page(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"1\r\na\r\n0\r\n")
        while not server.ended.wait(0.001):
            handler.wfile.write(b"X-More: 1\r\n")

    fetched = fetch_one(server.page("/a.jpg", page), replace(QUICK, total_timeout=0.3))
    assert fetched.outcome is Outcome.UNREACHABLE and "took longer than 0.3 seconds" in fetched.reason


def test_a_header_that_drips_ends_in_time_where_no_pool_watches(server):
    server.drip_header("/v1/taxa", 0.02)
    with pytest.raises(DownloadError, match="took longer than 0.3 seconds"):
        find_taxon("rose", f"{server.url}/v1", replace(QUICK, total_timeout=0.3, retries=0))


def test_a_list_without_end_is_cut_off(server):
    server.endless("/v1/taxa")
    with pytest.raises(DownloadError, match="larger than 50 megabytes"):
        find_taxon("rose", f"{server.url}/v1", replace(QUICK, total_timeout=600, retries=0))


def bomb(kind: bytes) -> bytes:
    """An archive whose first member is a header of a gigabyte."""
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, 1_000_000_000
    return info.tobuf(tarfile.GNU_FORMAT) + bytes(10_000)


@pytest.mark.parametrize(
    "content",
    [
        bz2.compress(bytes(1_000_000)),
        bomb(tarfile.GNUTYPE_LONGNAME),
        bomb(tarfile.XHDTYPE),
        bomb(tarfile.GNUTYPE_SPARSE),
        gzip.compress(bomb(tarfile.XHDTYPE)),
        b"\x1f\x8b\x08\x08",
    ],
    ids=["bz2", "long name", "pax", "sparse", "pax in gzip", "gzip without end"],
)
def test_an_archive_that_swells_is_no_archive(server, content):
    server.body(f"/{WNID}.tar", content, "application/x-tar")
    with pytest.raises(DownloadError, match="no tar file|broke off"):
        list(original_pictures(WNID, server.url + "/{wnid}.tar", QUICK))


def test_an_archive_that_drips_is_given_up(server):
    server.drip(f"/{WNID}.tar", bytes(1000), 0.05)
    with pytest.raises(DownloadError, match="sent hardly anything for 0.3 seconds"):
        list(original_pictures(WNID, server.url + "/{wnid}.tar", replace(QUICK, total_timeout=0.3)))


def test_annotations_in_an_archive_that_swell_are_no_annotations(server):
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:bz2") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    outer = io.BytesIO()
    with tarfile.open(fileobj=outer, mode="w") as archive:
        info = tarfile.TarInfo(f"{WNID}.tar.gz")
        info.size = len(inner.getvalue())
        archive.addfile(info, io.BytesIO(inner.getvalue()))
    server.body("/boxes", outer.getvalue())
    with pytest.raises(DownloadError, match="no tar file"):
        synset_boxes(WNID, server.url + "/boxes", QUICK)
