"""Readers of archives, tables, lists and options."""

import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from poetcore.errors import PoetError
from tests.conftest import encoded, picture

Read = Callable[[bytes], object]

ZIP_WORDS = (
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"../../x.jpg",
    b"/etc/x.jpg",
    b"C:\\x.jpg",
    b"con.jpg",
)
LISTING_WORDS = (
    *(
        b"path,label,split\n",
        b"path;label\n",
        b"sep=;\n",
        b"train",
        b"test",
        b'"a\nb"',
        b"'=1+1",
        b"a.jpg,rose\n",
    ),
    *(
        b"file:///a.jpg",
        b"file://%zz",
        b"~/a.jpg",
        b"~nobody/a.jpg",
        b"\\\\server\\a.jpg",
        b"\xff\xfep\x00a\x00",
    ),
)


def zip_seeds(_: Path) -> list[bytes]:
    small = encoded(picture(1, (40, 40)))
    seeds = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("set/rose/a.jpg", small)
            archive.writestr("set/tulip/b.jpg", small[:-1] + b"x")
            archive.writestr("set/labels.csv", "path,label\nrose/a.jpg,rose\n")
            archive.mkdir("set/empty")
        seeds.append(out.getvalue())
    return seeds


def read_zip(place: Path, _: Path) -> Read:
    from poetcore.workspace.archives import unpack
    from poetcore.workspace.workspace import Workspace

    root = place / "tf_files"

    def read(content: bytes) -> None:
        try:
            unpack(Workspace(root), "set.zip", io.BytesIO(content))
        finally:
            shutil.rmtree(root, ignore_errors=True)
            if outside := list(place.iterdir()):
                raise AssertionError(f"written outside: {outside}")

    return read


def tar_seeds(_: Path) -> list[bytes]:
    seeds = []
    for mode in ("w", "w:gz"):
        for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
                for name in ("n00000001/a.JPEG", "x" * 150 + "/ü.JPEG"):
                    info = tarfile.TarInfo(name)
                    info.size = 600
                    archive.addfile(info, io.BytesIO(bytes(600)))
            seeds.append(out.getvalue())
    return seeds


def read_tar(_: Path, __: Path) -> Read:
    """Read what the archive of a synset may be, as it comes from a server."""
    from itertools import islice

    from poetcore.sources import archives

    answer = [b""]

    class Raw(io.BytesIO):
        def read1(self, size: int = -1, decode_content: bool = False) -> bytes:
            return super().read1(size)

        def shutdown(self) -> None:
            """Nothing is connected."""

    class Response:
        status_code, reason = 200, "OK"

        def __init__(self) -> None:
            self.raw, self.headers = Raw(answer[0]), {}

    class Streamed:
        def __enter__(self) -> Response:
            return Response()

        def __exit__(self, *_: object) -> None:
            """Nothing is open."""

    archives.streamed = lambda *_, **__: Streamed()  # type: ignore[attr-defined]

    def read(content: bytes) -> None:
        answer[0] = content
        with suppress(PoetError):
            list(islice(archives.original_pictures("n00000001", "http://a/{wnid}"), 100))
        with suppress(PoetError):
            archives.synset_boxes("n00000001", "http://a/{wnid}")

    return read


def listing_seeds(_: Path) -> list[bytes]:
    text = 'path,label,split\na.jpg,rose,train\nb.jpg,"tulip, red",test\n\'=c.jpg,a|b,train\n'
    return [
        text.encode(),
        text.replace(",", ";").encode("utf-16"),
        ("sep=\t\n" + text.replace(",", "\t")).encode("utf-8-sig"),
    ]


def read_listing_file(place: Path, _: Path) -> Read:
    from poetcore.data.listing import read_listing
    from poetcore.sources.urls import read_table

    file = place / "list.csv"
    for name in ("a.jpg", "b.jpg"):
        (place / name).write_bytes(b"x")

    def read(content: bytes) -> None:
        file.write_bytes(content)
        for several in (False, True):
            for path in (file, file / "train", file / "demo"):
                with suppress(PoetError):
                    read_listing(path, several=several)
        with suppress(PoetError):  # a table of two columns is another thing
            read_table(file)

    return read


def labels_seeds(_: Path) -> list[bytes]:
    return [b"daisy\nrose\ntulip\n", "Gänseblümchen\r\nrose  \r\n".encode("utf-8-sig")]


def read_labels_files(place: Path, _: Path) -> Read:
    from poetcore.data.labels import match_labels
    from poetcore.data.subset import join_labels, split_labels
    from poetcore.evaluation.graphs import labels_in_original_form, match_graph_labels, read_labels
    from poetcore.workspace.model_files import read_labels as read_run_labels

    file = place / "labels.txt"

    def read(content: bytes) -> None:
        file.write_bytes(content)
        with suppress(PoetError):
            read_run_labels(file, None)
        labels = read_labels(file)
        labels_in_original_form(labels), match_graph_labels(labels, ["rose", "tulip"])
        match_labels(labels, ["rose", "daisy"]), split_labels(join_labels(labels))

    return read


def urls_seeds(_: Path) -> list[bytes]:
    return [b"# comment\nn07739125_1\thttp://a.org/a.jpg\nhttps://b.org:8080/x%20y.png?q=1#f\nftp://c/d\n"]


def read_urls_files(place: Path, _: Path) -> Read:
    from urllib.parse import urlsplit

    from poetcore.sources.boxes import Box
    from poetcore.sources.keeper import stem
    from poetcore.sources.redirects import is_placeholder_name, why_not_followed
    from poetcore.sources.urls import read_urls

    file = place / "urls.txt"

    def read(content: bytes) -> None:
        file.write_bytes(content)
        for entry in read_urls(file).entries:
            stem(entry), Box.of(entry.url), urlsplit(entry.url).netloc.lower()
            is_placeholder_name(entry.url), why_not_followed(entry.url)

    return read


def annotation_seeds(_: Path) -> list[bytes]:
    return [
        b"<annotation><filename>a.JPEG</filename><size><width>100</width><height>80</height></size><object><bndbox>"
        b"<xmin>1</xmin><ymin>2</ymin><xmax>50</xmax><ymax>60</ymax></bndbox></object></annotation>"
    ]


def read_annotation(_: Path, __: Path) -> Read:
    from poetcore.sources.boxes import Box, crop, parse_annotation

    small = encoded(picture(1, (40, 30)))

    def read(content: bytes) -> None:
        if found := parse_annotation(content):
            crop(small, found[1])
            if again := Box.of(f"http://a#{found[1].fragment}"):
                crop(small, again)

    return read


def robots_seeds(_: Path) -> list[bytes]:
    return [
        b"User-agent: *\nDisallow: /private\nAllow: /*.jpg$\nCrawl-delay: 2\n\n"
        b"User-agent: PoetGather\nDisallow:\n"
    ]


def read_robots(_: Path, __: Path) -> Read:
    from poetcore.sources.fetch import parse_retry_after
    from poetcore.sources.hosts import RobotsRules

    def read(content: bytes) -> None:
        rules = RobotsRules(content.decode("utf-8-sig", "replace"))
        rules.allows("http://a.org/private/a.jpg?q=%zz"), rules.delay
        parse_retry_after(content[:200].decode("latin-1"))

    return read


def options_seeds(_: Path) -> list[bytes]:
    return [
        b"20%",
        b"10.0.0.0/8, a.lan",
        b"cc0,cc-by",
        b"0.01,0.1",
        b'daisy,"rose, wild"',
        b"-1..1",
        b"http://[::1]:6006",
    ]


def read_options(_: Path, __: Path) -> Read:
    from poetcore.data.kept_share import Share
    from poetcore.data.subset import split_labels
    from poetcore.features.network_shapes import parse_scaling
    from poetcore.sources.addresses import allowed_here
    from poetcore.sources.inaturalist import parse_licences
    from poetcore.system.names import check_name, to_name
    from poetcore.system.paths import to_path
    from poetcore.training.tensorboard_address import Address

    def read(content: bytes) -> None:
        text = content.decode("utf-8", "surrogateescape")[:5000]
        for parse in (
            *(Share.parse, split_labels, parse_scaling, allowed_here, parse_licences, to_path, Address.parse),
            *(lambda text: to_name(text, "x"), lambda text: check_name(text, "A name")),
        ):
            with suppress(PoetError):
                parse(text)

    return read
