"""Archives of a synset: its original pictures, and the boxes in them, as ImageNet publishes both.

A tar file is read as it comes, one member after the other, so nothing is kept but what is used, and a run
that has enough pictures ends the download. Of ImageNet's own archives `ORIGINALS_ENDPOINT` answers for one
synset; `BOXES_ENDPOINT` is one file with an archive `<wnid>.tar.gz` for each synset in it. Both have moved
before, and may ask for a login, so any server that answers in this form will do.
"""

import contextlib
import io
import re
import struct
import tarfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, Literal, Self, cast

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.body import BodyError, SteadyReader
from poetcore.sources.boxes import Box, parse_annotation
from poetcore.sources.fetch import new_session
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.redirects import RedirectError, streamed
from poetcore.sources.urls import UrlEntry

__all__ = ["BOXES_ENDPOINT", "ORIGINALS_ENDPOINT", "original_pictures", "synset_boxes"]

#: `{wnid}` stands for the id.
ORIGINALS_ENDPOINT = "https://image-net.org/data/winter21_whole/{wnid}.tar"
BOXES_ENDPOINT = "https://image-net.org/data/bboxes_annotations.tar.gz"

#: A larger file is no archive of the annotations of a synset, and no annotation.
_MAX_BYTES = 200_000_000
_MAX_ANNOTATION = 1_000_000
#: A synset has some thousand pictures.
_MOST_ANNOTATIONS = 100_000
#: What a member may have beside its content, such as a long name, is read whole.
_MAX_HEADER = 1_000_000


class _ShortHeader(tarfile.TarInfo):
    """What stands before a member, refused where it is no header but a bomb."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        found = super().frombuf(buf, encoding, errors)
        endless = not found.isreg() and found.size > _MAX_HEADER
        if endless or found.type == tarfile.GNUTYPE_SPARSE:  # a list of parts, as long as somebody likes
            raise tarfile.ReadError("a header without end")
        return found


def original_pictures(
    wnid: str,
    endpoint: str = ORIGINALS_ENDPOINT,
    options: FetchOptions | None = None,
    boxes: dict[str, Box] | None = None,
) -> Iterator[UrlEntry]:
    """Yield the pictures in the archive of a synset.

    Args:
        wnid: a WordNet id, such as n12997654.
        endpoint: the URL of a tar file, with `{wnid}` in it.
        options: the limits; a larger picture than `max_megabytes` comes empty.
        boxes: name of a picture -> what to crop it to.

    Raises:
        OptionError: the endpoint is malformed.
        DownloadError: it has no such archive, or the connection broke.
    """
    options = options or FetchOptions()
    url = _address(wnid, endpoint)
    # A key in the query is nothing for the log.
    public = url.partition("?")[0]
    with _opened(url, wnid, options) as archive:
        for name, content in _members(archive, url, int(options.max_megabytes * 1e6)):
            box = (boxes or {}).get(name.stem)
            part = f"&{box.fragment}" if box else ""
            yield UrlEntry(f"{public}#{name.name}{part}", name.stem, content=content, box=box)


def synset_boxes(
    wnid: str, endpoint: str = BOXES_ENDPOINT, options: FetchOptions | None = None
) -> dict[str, Box]:
    """Return the boxes of a synset's pictures: name of the picture without ending -> its largest box.

    Args:
        wnid: a WordNet id.
        endpoint: the URL of a tar file of annotations, or of one that holds `<wnid>.tar.gz`.
        options: the limits.

    Raises:
        OptionError: the endpoint is malformed.
        DownloadError: there are no boxes, or the connection broke.
    """
    url = _address(wnid, endpoint)
    found: dict[str, Box] = {}
    with _opened(url, wnid, options or FetchOptions()) as archive:
        for name, content in _members(archive, url, _MAX_BYTES, of=wnid):
            if name.suffix != ".xml":
                mode: Literal["r:gz", "r:"] = "r:gz" if _is_gzip(content) else "r:"
                with _as_tar(io.BytesIO(content), mode) as inner:
                    inside = (one for _, one in _members(inner, url, _MAX_ANNOTATION, of=wnid))
                    found |= dict(filter(None, map(parse_annotation, islice(inside, _MOST_ANNOTATIONS))))
                break
            found |= dict(filter(None, [parse_annotation(content)]))
    if not found:
        raise DownloadError(
            f"No bounding boxes of {wnid} in {url.partition('?')[0]}: leave --bounding_boxes out, or try"
            " another --boxes_endpoint."
        )
    return found


def _is_gzip(content: bytes) -> bool:
    return content[:2] == b"\x1f\x8b"


def _address(wnid: str, endpoint: str) -> str:
    if not re.match(r"https?://", endpoint):
        raise OptionError(f"The endpoint is a URL, http or https. Received: {endpoint!r}")
    return endpoint.replace("{wnid}", wnid)


@contextlib.contextmanager
def _opened(url: str, wnid: str, options: FetchOptions) -> Iterator[tarfile.TarFile]:
    """Open a tar file on the web, to be read once from its beginning."""
    import requests
    from urllib3.exceptions import HTTPError

    from poetcore.sources.outside import InsideError

    public = url.partition("?")[0]
    with new_session(options) as session:
        try:
            with streamed(url, session, options) as response:
                if response.status_code != 200:
                    raise DownloadError(
                        f"No archive of {wnid}: {public} answered {response.status_code}"
                        f" {response.reason}; try another endpoint."
                    )
                body = SteadyReader(response, options.total_timeout)
                # No other packing: some make gigabytes of the bytes that are unpacked at once.
                mode: Literal["r|gz", "r|"] = "r|gz" if _is_gzip(body.peek(2)) else "r|"
                with _as_tar(cast("IO[bytes]", body), mode) as archive:
                    yield archive
        except (BodyError, InsideError, RedirectError) as error:
            raise DownloadError(f"No archive of {wnid}: {public} {error}; try another endpoint.") from None
        except (requests.RequestException, HTTPError, UnicodeError):
            raise DownloadError(f"No archive of {wnid}: {public} cannot be reached; try later.") from None
        except (tarfile.TarError, EOFError):
            raise DownloadError(
                f"No archive of {wnid}: what {public} answers is no tar file; try another endpoint."
            ) from None


def _as_tar(file: IO[bytes], mode: Literal["r|gz", "r|", "r:gz", "r:"]) -> tarfile.TarFile:
    """Open a tar file.

    Raises:
        TarError: it is none; BodyError and HTTPError pass.
    """
    try:
        return tarfile.open(fileobj=file, mode=mode, tarinfo=_ShortHeader)
    except (
        TypeError,
        ValueError,
        IndexError,
        struct.error,
        zlib.error,
    ) as error:  # of a header that is cut off
        raise tarfile.ReadError(str(error)) from None


#: Bytes that no file in these archives has: the size of one is damaged.
_VAST = 10_000_000_000


def _members(
    archive: tarfile.TarFile, url: str, max_bytes: int, *, of: str = ""
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the files of an archive: name, content; a larger one comes empty.

    Args:
        archive: an open tar file.
        url: where it comes from.
        max_bytes: of one file.
        of: only the annotations of this synset, or the archive of them.

    Raises:
        DownloadError: the connection broke, or the archive is damaged.
    """
    from urllib3.exceptions import HTTPError

    wanted = re.compile(rf"{of}(_\w+\.xml|\.tar(\.gz)?)$" if of else "")
    try:
        while member := archive.next():
            archive.members.clear()  # type: ignore[attr-defined]  # each is kept, and there may be no end
            if member.size > _VAST:  # tarfile would read on for hours behind the end
                raise tarfile.ReadError(member.size)
            name = PurePosixPath(member.name)
            if member.isfile() and wanted.match(name.name) and (file := archive.extractfile(member)):
                yield name, file.read() if member.size <= max_bytes else b""
    # A size that is no number of bytes is the last two.
    except (BodyError, HTTPError, OSError, EOFError, tarfile.TarError, zlib.error, OverflowError, ValueError):
        raise DownloadError(
            f"The archive {url.partition('?')[0]} broke off: the same command again goes on."
        ) from None
