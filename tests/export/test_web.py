"""A run as a web page: what lies in its folder, what it tells, and what it does not give away."""

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from poetcore.errors import OptionError
from poetcore.evaluation.compare import compare
from poetcore.evaluation.model_file import ModelFile
from poetcore.export.about import About, Sample
from poetcore.export.export import Exported, export
from poetcore.export.export_options import ExportOptions, Facts
from poetcore.export.formats import FORMATS
from poetcore.export.web.web_format import LIBRARY, _write_page
from tests.conftest import Trained
from tests.export.test_export import files_below


def config_of(page: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((page / "poet_page.json").read_text(encoding="utf-8"))
    return found


def write_page(folder: Path, **about: Any) -> Path:
    """Write a page without its model."""
    folder.mkdir()
    _write_page(folder, ("cat", "dog"), replace(About("r", "b", 32, "page", "labels.txt"), **about))
    return folder


def test_the_internet_is_asked_for_pinned_files_of_known_content_only(tmp_path):
    page = write_page(tmp_path / "page")
    library = config_of(page)["library"]
    assert isinstance(library, dict) and library.keys() == LIBRARY.keys()
    for file in library.values():
        assert re.fullmatch(r"https://cdn\.jsdelivr\.net/npm/@litertjs/[a-z-]+@2\.5\.3/.+", file["address"])
        assert re.fullmatch(r"sha384-[A-Za-z0-9+/]{64}", file["integrity"])
    (policy,) = re.findall(r'Policy" content="([^"]*)"', (page / "index.html").read_text())
    assert "default-src 'none'" in policy and "connect-src 'self' https://cdn.jsdelivr.net;" in policy


def test_with_a_copy_of_the_library_no_other_address_is_in_the_page(tmp_path):
    page = write_page(tmp_path / "page", litert_js="local")
    texts = [file.read_text() for file in page.iterdir() if file.suffix in (".html", ".css", ".js", ".json")]
    found = {one for text in texts for one in re.findall(r"https?://[\w./:-]+", text)}
    assert found == {"http://localhost:8000."}  # what the page says where it was opened by double click


def test_what_people_named_is_text_in_the_page(tmp_path):
    facts = Facts("<script>alert(1)</script>", 'a "quoted" & more', "<i>me</i>", "CC0")
    text = (write_page(tmp_path / "page", facts=facts) / "index.html").read_text()
    assert "<script>alert" not in text and "<i>me" not in text
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;" in text and 'content="a &#34;quoted&#34; &amp; more"' in text
    )


def test_a_sample_has_its_pixels_only_and_is_not_large(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Camera of A. Author"
    exif.get_ifd(0x8825)[1] = "N"
    photo = tmp_path / "holiday.jpg"
    Image.new("RGB", (1600, 1200), "red").save(photo, exif=exif, comment="at home")
    page = write_page(tmp_path / "page", samples=(Sample(photo, "cat"), Sample(tmp_path / "gone.jpg", "dog")))
    assert config_of(page)["samples"] == [{"file": "samples/1.jpg", "label": "cat"}]
    content = (page / "samples" / "1.jpg").read_bytes()
    with Image.open(io.BytesIO(content)) as shown:
        assert shown.size == (640, 480) and not shown.getexif() and "comment" not in shown.info
    assert b"A. Author" not in content


def test_only_a_web_page_has_samples(tmp_path):
    with pytest.raises(
        OptionError, match="keras has no choice of samples: omit it, or choose the format web"
    ):
        FORMATS["keras"].check_possible(ExportOptions(samples=3))


@pytest.mark.slow
def test_the_folder_has_all_that_the_page_needs(web_page: Exported, trained: Trained):
    assert files_below(web_page.path) == [
        ".nojekyll", "camera.js", "index.html", "labels.txt", "model.js", "model.tflite", "page.js",
        "pixels.js", "poet_page.json", "samples", *(f"samples/{n}.jpg" for n in range(1, 7)), "smoothing.js",
        "style.css",
    ]  # fmt: skip
    assert config_of(web_page.path)["labels"] == trained.run.labels()


@pytest.mark.slow
def test_its_model_was_compared_with_the_app(web_page: Exported):
    assert (web_page.parity.pictures, web_page.parity.same_top1) == (50, 1)
    assert web_page.parity.max_abs_diff is not None and web_page.parity.max_abs_diff < 1e-4


@pytest.mark.slow
def test_the_folder_is_compared_with_its_run_as_other_exports_are(web_page: Exported, trained: Trained):
    models = [trained.run, ModelFile(web_page.path)]
    (found,) = compare(models, trained.sample / "demo", trained.workspace)
    assert (found.pictures["confidence_a"] - found.pictures["confidence_b"]).abs().max() < 1e-3


@pytest.mark.slow
def test_the_note_tells_the_samples_the_command_and_the_terms(web_page: Exported):
    text = (web_page.path.parent / "page_README.txt").read_text(encoding="utf-8")
    assert 'npm install --prefix "page/litert" @litertjs/core@2.5.3 @litertjs/wasm-utils@2.5.3' in text
    assert "python -m http.server --directory page" in text and "Apache-2.0" in text
    assert "By A. Author. Licence: CC BY 4.0." in " ".join(text.split())
    samples = text[text.index("Sample pictures") :].splitlines()[2:]
    assert len(samples) == 6 and all(line.startswith("- ") for line in samples)


@pytest.mark.slow
def test_what_people_put_into_the_folder_stays_when_it_is_written_again(
    web_page: Exported, trained: Trained, tmp_path: Path
):
    page = shutil.copytree(web_page.path, tmp_path / "page")
    (page / ".git").mkdir()
    (page / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (page / "index.html").write_text("old")
    export(trained.run, trained.workspace, "web", page, options=ExportOptions(samples=0), force=True)
    assert (page / ".git" / "HEAD").read_text() == "ref: refs/heads/main"
    assert (page / "index.html").read_text(encoding="utf-8") != "old"
    assert not (page / "samples").exists()
