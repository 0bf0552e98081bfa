"""The format that is a web page: the model runs in the visitor's browser, on any host of plain files.

The page sees a picture as `data/images.py` does (`pixels.js`) and runs the LiteRT file (`model.js`), by
LiteRT.js of npm's package `@litertjs/core`, Apache-2.0, of which nothing is copied: it comes from a network of
servers or from a folder beside the page, and the browser refuses a file of another content.
"""

import json
from pathlib import Path
from typing import Any

import jinja2

from poetcore.data import images
from poetcore.export.about import About
from poetcore.export.export_format import ExportFormat, LiteNetwork, Network
from poetcore.export.litert_formats import TFLITE

__all__ = ["LIBRARY", "WEB", "WEB_MODEL"]

_ASSETS = Path(__file__).parent

#: What lies beside the model as it is.
_COPIED = ("style.css", "page.js", "pixels.js", "model.js")

#: What the page knows of the model; also how a folder is recognised as such a page.
_CONFIG = "poet_page.json"

WEB_MODEL = "model.tflite"

#: The longer side of a sample picture.
_SAMPLE_PIXELS = 640

#: The packages of LiteRT.js and their files, with the hash of each (npm, versions 2.5.3): name -> package, file,
#: integrity. A browser without the newest WebAssembly instructions takes the plain ones.
VERSION = "2.5.3"
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

#: Where a package lies, by `litert_js`: on jsDelivr, which serves npm's files as they are, or where npm puts it.
_ORIGIN = "https://cdn.jsdelivr.net"
_PLACES = {
    "cdn": f"{_ORIGIN}/npm/{{package}}@{VERSION}/{{file}}",
    "local": "litert/node_modules/{package}/{file}",
}


def _write(network: Network, folder: Path) -> None:
    folder.mkdir()
    TFLITE.write(network, folder / WEB_MODEL)
    _write_page(folder, network.labels, network.about)


def _write_lite(network: LiteNetwork, folder: Path) -> None:
    folder.mkdir()
    assert TFLITE.write_lite  # it writes both
    TFLITE.write_lite(network, folder / WEB_MODEL)
    _write_page(folder, network.labels, network.about)


def _write_page(folder: Path, labels: tuple[str, ...], about: About) -> None:
    """Write the page beside its model."""
    for name in _COPIED:
        (folder / name).write_bytes((_ASSETS / name).read_bytes())
    (folder / "camera.js").write_bytes(_CAMERA.read_bytes())
    (folder / ".nojekyll").touch()  # GitHub's pages leave out node_modules otherwise
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    page = environment.from_string((_ASSETS / "index.html").read_text(encoding="utf-8"))
    origin = f" {_ORIGIN}" if about.litert_js == "cdn" else ""
    (folder / "index.html").write_text(
        page.render(facts=about.facts, origin=origin, camera=bool(about)), encoding="utf-8"
    )
    config: dict[str, Any] = {
        "model": WEB_MODEL,
        "size": about.size,
        "labels": labels,
        "thresholds": list(about.thresholds.values()) or None,
        "least": about.least_probability,
        "library": {
            name: {
                "address": _PLACES[about.litert_js].format(package=package, file=file),
                "integrity": integrity,
            }
            for name, (package, file, integrity) in LIBRARY.items()
        },
        "samples": _write_samples(folder, about),
    }
    text = json.dumps(config, ensure_ascii=False, indent=1)
    (folder / _CONFIG).write_text(text, encoding="utf-8")
