"""A slideshow as one HTML file: opened by a double click, it needs neither a server nor a network.

The page is `slideshow_file.html` beside this module. It holds the one component that plays a show, the deck,
and each picture as a JPEG in base64, in an element of its own whose id is the hash of the picture's content;
a heat map has `HASH/LABEL`. A Content-Security-Policy lets the page load nothing and run nothing but its own
script. Pictures are encoded anew, so nothing of what a camera wrote into a file, such as the place, is kept.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import OptionError, PictureError
from poetcore.evaluation.looks.looker import Looker
from poetcore.evaluation.looks.overlay import overlay_png
from poetcore.evaluation.slides import Slide
from poetcore.evaluation.slideshow.show import Slideshow, show_css, show_html, show_js
from poetcore.system.browser.assets import read_assets
from poetcore.system.files import cores, in_chunks, printable
from poetcore.system.outputs import check_ending, writing_output
from poetcore.system.progress import OnProgress, Progress
from poetcore.version import __version__

__all__ = ["ShowFile", "check_show_file", "expected_bytes", "write_show"]

_HERE = Path(__file__).parent

#: Pictures that are encoded at a time, per core.
_CHUNK = 4

#: Longer side in pixels of a heat map: it has no fine detail.
_MAP_PIXELS = 480

#: Bytes of a heat map: the mean of 19 of flower photos was 24,700.
_MAP_BYTES = 25_000

#: Bytes of a slide beside its pictures.
_SLIDE_BYTES = 130

#: Pictures that are encoded to learn how large all will be.
_SAMPLE = 24

#: Characters of a content's hash that tell the pictures of a show apart.
_NAME = 16


@dataclass(frozen=True)
class ShowFile:
    """What `write_show` wrote.

    Attributes:
        path: the file.
        bytes: how large it is.
        slides: how many are in it.
        skipped: `{"path": ..., "reason": ...}` of each picture that is not, as it cannot be read.
    """

    path: Path
    bytes: int
    slides: int
    skipped: list[dict[str, str]]


@dataclass(frozen=True)
class _Block:
    """Something that the page holds as base64: the id and the kind of its element, and the text."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True)
class _Packed:
    """A slide whose picture is ready, or why it is not."""

    slide: Slide
    picture: str = ""
    blocks: tuple[_Block, ...] = ()
    reason: str = ""


def write_show(
    file: Path,
    slides: Sequence[Slide],
    make: Callable[[Sequence[Slide], Sequence[str]], Slideshow],
    *,
    pixels: int,
    looker: Looker | None = None,
    on_progress: OnProgress | None = None,
    force: bool = False,
) -> ShowFile:
    """Write a show as one HTML file; pictures that cannot be read are left out.

    Args:
        file: where to.
        slides: of the show.
        make: returns the show of those slides that can be shown, and the addresses of their pictures.
        pixels: longer side of a picture; none is made larger.
        looker: the run whose heat maps are taken along; None for none.
        on_progress: called in the phase `packing_slides`.
        force: whether to replace a file that Poet did not write.

    Raises:
        BackboneError: the run's network has no heat map.
        OptionError: the file has another ending, is a folder or cannot be written.
        PictureError: not one picture can be read.
    """
    check_show_file(file)
    kept: list[tuple[Slide, str]] = []
    skipped: list[dict[str, str]] = []

    def blocks() -> Iterator[_Block]:
        known: set[str] = set()
        for done, one in enumerate(_packed(slides, pixels, looker), 1):
            if one.reason:
                skipped.append({"path": one.slide.path, "reason": one.reason})
            else:
                kept.append((one.slide, one.picture))
                yield from (block for block in one.blocks if block.id not in known)
                known |= {block.id for block in one.blocks}
            if on_progress:
                on_progress(Progress("packing_slides", done, len(slides)))
        if not kept:
            raise PictureError("No picture can be read: are the files still where they were?")

    def packed_show() -> dict[str, object]:
        return make([slide for slide, _ in kept], [picture for _, picture in kept]).packed("file")

    # The deck is made once it is known which pictures are in it: the page holds it behind them.
    parts = _page(make([], []).title, blocks(), packed_show)
    with writing_output(file, force) as out:
        for part in parts:
            out.write(part.encode())
    return ShowFile(file, file.stat().st_size, len(kept), skipped)


def check_show_file(file: Path) -> None:
    """Check that a slideshow can be written into a file of this name: a picture is not replaced by one.

    Raises:
        OptionError: it cannot.
    """
    if file.is_dir():
        raise OptionError(
            f"{printable(file)} is a folder: name the file to write, such as {file / 'slideshow.html'}."
        )
    check_ending(file, (".html", ".htm"), "A slideshow is")


def expected_bytes(slides: Sequence[Slide], pixels: int, *, heat_maps: bool) -> int:
    """Return about how large a show's file will be, from a few of its pictures.

    Args:
        slides: of the show.
        pixels: longer side of a picture.
        heat_maps: whether they are taken along.
    """
    some = slides[:: max(1, len(slides) // _SAMPLE)][:_SAMPLE]
    sizes = [len(block.text) for slide in some for block in _pack(slide, pixels, None).blocks]
    each = sum(sizes) / max(1, len(sizes))
    maps = sum(1 + (not slide.correct) for slide in slides) if heat_maps else 0
    page = sum(len(part) for part in _page("", iter(()), dict))
    return round(page + (each + _SLIDE_BYTES) * len(slides) + maps * _MAP_BYTES * 4 / 3)


def _page(
    title: str, blocks: Iterator[_Block], packed_show: Callable[[], dict[str, object]]
) -> Iterator[str]:
    script = _component()
    style = show_css() + read_assets(_HERE, "slideshow_file.css")
    return (
        Environment(autoescape=True, undefined=StrictUndefined)
        .from_string(read_assets(_HERE, "slideshow_file.html"))
        .generate(
            title=title,
            version=__version__,
            markup=Markup(show_html()),
            script=Markup(script),
            script_hash=_csp_hash(script),
            style=Markup(style),
            style_hash=_csp_hash(style),
            blocks=blocks,
            packed_show=packed_show,
        )
    )


def _component() -> str:
    return show_js() + read_assets(_HERE, "slideshow_file.js")


def _csp_hash(text: str) -> str:
    """Return the hash by which a Content-Security-Policy allows an inline text (w3.org/TR/CSP3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _packed(slides: Sequence[Slide], pixels: int, looker: Looker | None) -> Iterator[_Packed]:
    """Pack the pictures of slides, in their order."""
    with ThreadPoolExecutor(cores()) as pool:
        # Not all at once: they would fill the memory, and who stops it would wait for those that follow.
        for chunk in in_chunks(slides, _CHUNK * cores()):
            yield from pool.map(lambda slide: _pack(slide, pixels, looker), chunk)


def _pack(slide: Slide, pixels: int, looker: Looker | None) -> _Packed:
    try:
        content = images.read(Path(slide.path))
        jpeg = images.thumbnail(content, pixels)
    except PictureError as error:
        return _Packed(slide, reason=str(error))
    name = sha_of(content)[:_NAME]
    blocks = [_block(name, "image/jpeg", jpeg)]
    if looker:
        wanted = dict.fromkeys((slide.top[0][0] if slide.top else slide.predicted, slide.label))
        for label in wanted:
            if label in looker.labels:
                png = overlay_png(looker.heat_map(content, label), _MAP_PIXELS, small=True)
                blocks.append(_block(f"{name}/{label}", "image/png", png))
    return _Packed(slide, name, tuple(blocks))


def _block(id: str, kind: str, content: bytes) -> _Block:
    return _Block(id, kind, base64.b64encode(content).decode())
