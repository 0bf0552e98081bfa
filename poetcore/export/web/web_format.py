"""The format that is a web page: any host of plain files will do, the model runs in the visitor's browser.

The page sees a picture as `data/images.py` does (`pixels.js`) and runs the LiteRT file (`model.js`), by
LiteRT.js (npm's package `@litertjs/core`, Apache-2.0). Nothing of it is copied: it comes from a network of
servers, or from a folder beside the page, and the browser refuses a file of another content.
"""

import json
from pathlib import Path

import jinja2

from poetcore.data import images
from poetcore.errors import PictureError
from poetcore.export.about import About
from poetcore.export.export_format import ExportFormat, LiteNetwork, Network
from poetcore.export.litert_formats import TFLITE
from poetcore.system.browser.assets import read_assets

__all__ = ["LIBRARY", "VERSION", "WEB", "WEB_MODEL", "npm_command"]

_ASSETS = Path(__file__).parent

#: What lies beside the model as it is.
_COPIED = ("style.css", "page.js", "pixels.js", "model.js", "camera.js", "smoothing.js")

#: What the page knows of the model; also how a folder is recognised as such a page.
_CONFIG = "poet_page.json"

WEB_MODEL = "model.tflite"

#: The longer side of a sample picture.
_SAMPLE_PIXELS = 640

#: Of both npm packages of LiteRT.js.
VERSION = "2.5.3"

#: The files of LiteRT.js: name -> package, file, and the hash of its content (w3.org/TR/sri). A browser
#: without the newest WebAssembly instructions takes the plain ones.
LIBRARY = {
    "core": (
        "@litertjs/core",
        "dist/index.js",
        "sha384-MapSVJ/DPwvaWpp7q+Bid9O3uY1oB0KOU1QRMP+Mm5zdz5oMme/BUyX6dVAMWnPg",
    ),
    "helper": (
        "@litertjs/wasm-utils",
        "dist/index.js",
        "sha384-HIPwlWsctS5BRqrnvJKDVJ8SvqKB0QmiImdr6+hpP7+8UqeMJX/qrBkdfKQV2WZ/",
    ),
    "fast_script": (
        "@litertjs/core",
        "wasm/litert_wasm_internal.js",
        "sha384-NB/Wc4iozynQO5jzJ2VFoMKbqMvwwFGWxJL/o63IJT6W2JfZbsSLxA2cF6H/mLpQ",
    ),
    "fast_wasm": (
        "@litertjs/core",
        "wasm/litert_wasm_internal.wasm",
        "sha384-AZ/Ak4CbDpjqpSr8WsnoL3Dcx6bDFA/k9b/jahok1TGHZ2OqIRjLBMiEmiNedhlC",
    ),
    "plain_script": (
        "@litertjs/core",
        "wasm/litert_wasm_compat_internal.js",
        "sha384-oh4nb8zDq6eVOpGeZE5gwDOJ16QujHLL8k/HEXt3XiPxr+8zn3YnkXP8P3BlJET1",
    ),
    "plain_wasm": (
        "@litertjs/core",
        "wasm/litert_wasm_compat_internal.wasm",
        "sha384-glAZ6WjS7tLRt89pbTPXvLC1c7DCaVSfL2ngn5gZJiUuPs76fWYJy7ZeFaD0PJXx",
    ),
}

#: Where a package lies, by `litert_js`: jsDelivr serves npm's files as they are; else where npm puts it.
_ORIGIN = "https://cdn.jsdelivr.net"
_PLACES = {
    "cdn": f"{_ORIGIN}/npm/{{package}}@{VERSION}/{{file}}",
    "local": "litert/node_modules/{package}/{file}",
}


def npm_command(folder: str) -> str:
    """Return the command that puts LiteRT.js beside a page.

    Args:
        folder: of the page.
    """
    packages = sorted({f"{package}@{VERSION}" for package, _, _ in LIBRARY.values()})
    return f'npm install --prefix "{folder}/litert" {" ".join(packages)}'


def _write(network: Network, folder: Path) -> None:
    folder.mkdir()
    TFLITE.write(network, folder / WEB_MODEL)
    _write_page(folder, network.labels, network.about)


def _write_lite(network: LiteNetwork, folder: Path) -> None:
    folder.mkdir()
    assert TFLITE.write_lite  # it writes both kinds of networks
    TFLITE.write_lite(network, folder / WEB_MODEL)
    _write_page(folder, network.labels, network.about)


def _write_page(folder: Path, labels: tuple[str, ...], about: About) -> None:
    """Write the page beside its model."""
    for name in _COPIED:
        (folder / name).write_text(read_assets(_ASSETS, name), encoding="utf-8")
    (folder / ".nojekyll").touch()  # GitHub's pages leave out node_modules otherwise
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    page = environment.from_string(read_assets(_ASSETS, "index.html"))
    origin = f" {_ORIGIN}" if about.litert_js == "cdn" else ""
    (folder / "index.html").write_text(page.render(facts=about.facts, origin=origin), encoding="utf-8")
    place = _PLACES[about.litert_js]
    config = {
        "model": WEB_MODEL,
        "size": about.size,
        "labels": labels,
        "thresholds": list(about.thresholds.values()) or None,
        "least": about.least_probability,
        "library": {
            name: {"address": place.format(package=package, file=file), "integrity": integrity}
            for name, (package, file, integrity) in LIBRARY.items()
        },
        "samples": _write_samples(folder, about),
    }
    (folder / _CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_samples(folder: Path, about: About) -> list[dict[str, str]]:
    """Write the sample pictures as small JPEG files that hold their pixels only: file and label of each."""
    samples: list[dict[str, str]] = []
    for sample in about.samples:
        try:
            content = images.thumbnail(images.read(sample.path), _SAMPLE_PIXELS)
        except PictureError:  # changed since the training
            continue
        file = folder / "samples" / f"{len(samples) + 1}.jpg"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        samples.append({"file": f"samples/{file.name}", "label": sample.label})
    return samples


_USAGE = """\
To look at it on this computer, run this in the folder that holds {file}, and open http://localhost:8000:

    python -m http.server --directory {file}

To publish it, put the folder on any host of plain files, such as GitHub Pages, Netlify or a school's web
space; the camera works on addresses with https only. Whoever opens the page loads the model and 10 MB of
LiteRT.js once, and every picture is classified in the browser: none leaves the visitor's device, and the
page asks nobody else. It cannot be opened by double click, since browsers refuse files to such pages.

LiteRT.js (npm's @litertjs/core {version}, by Google, Apache-2.0) {comes_from}.
The browser checks the hash of each of its files, which stand in {file}/{config}, and runs no other.{npm}

Sample pictures, which everyone can see who opens the page, at most {pixels} pixels wide or high and without
what the camera wrote (place, time):{samples}
"""


def _usage(about: About) -> str:
    """Return how the page is put to use, for the note."""
    local = about.litert_js == "local"
    npm = f"\n\nThis command puts it there:\n\n    {npm_command(about.file)}"
    listed = "\n".join(f"- {one.path.name} ({one.label})" for one in about.samples)
    return _USAGE.format(
        file=about.file,
        version=VERSION,
        pixels=_SAMPLE_PIXELS,
        comes_from="lies in the folder litert beside the page" if local else f"comes from {_ORIGIN}",
        config=_CONFIG,
        npm=npm if local else "",
        samples=f"\n{listed}" if listed else " none.",
    )


WEB = ExportFormat(
    name="web",
    purpose="Web page: the model runs in the visitor's browser",
    title="a web page on which the model runs in the visitor's browser",
    default_name="web",
    folder_marker=_CONFIG,
    varying=("samples",),
    labels_name=lambda folder: f"{folder.name}/labels.txt",
    write=_write,
    write_lite=_write_lite,
    prefers_lite=True,
    requirements=TFLITE.requirements,
    code=TFLITE.code.replace("{file}", f'str(Path({{file}}, "{WEB_MODEL}"))'),
    remarks="The page takes pictures from the camera, from files, by dropping and pasting. Its model.tflite"
    " is the file that the format tflite writes: feed {feed}, one picture at a time.",
    usage=_usage,
    choices=("samples", "litert_js"),
)
