"""`backbones --chart`: a file that opens anywhere."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.inside import call

pytestmark = pytest.mark.slow


def test_a_chart_is_written_as_a_picture(tmp_path):
    target = tmp_path / "made" / "backbones.png"
    done = call("backbones", "--chart", target, "--workspace", tmp_path, "--json")
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.status, said["chart"]) == (0, str(target))
    assert {"multiply_adds", "imagenet_top1"} <= set(said["backbones"][0])
    with Image.open(target) as image:
        assert image.format == "PNG" and min(image.size) > 800


def test_the_backbone_that_a_training_would_take_is_marked(tmp_path, monkeypatch):
    monkeypatch.setenv("TFP_ARCHITECTURE", "mobilenet_0.50_192")
    assert call("backbones", "--chart", tmp_path / "backbones.svg", "--workspace", tmp_path).status == 0
    words = re.findall(r">([^<>]+)</text>", (tmp_path / "backbones.svg").read_text(encoding="utf-8"))
    assert "mobilenet_0.50_192" in words and "0.50 160" in words and "0.50 192" not in words


def test_a_page_needs_no_connection(tmp_path):
    assert call("backbones", "--chart", tmp_path / "backbones.html", "--workspace", tmp_path).status == 0
    page = (tmp_path / "backbones.html").read_text(encoding="utf-8")
    assert "mobilenet_0.50_160" in page
    assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=", page)


@pytest.mark.parametrize("name", ["backbones.pdf", "backbones", "."])
def test_another_ending_is_refused(tmp_path, name):
    done = call("backbones", "--chart", name, "--workspace", tmp_path)
    assert (done.status, done.stderr.splitlines()[-1].startswith("Error: A chart is written as")) == (2, True)


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    done = call("backbones", "--chart", Path(tmp_path, "file", "backbones.svg"), "--workspace", tmp_path)
    assert (done.status, "cannot be written" in done.stderr) == (2, True)
