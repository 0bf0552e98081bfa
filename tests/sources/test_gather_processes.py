"""Processes that gather: killed, interrupted, and two at once."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.badserver import BadServer
from tests.conftest import PATIENCE, ROOT, encoded, picture
from tests.sources.conftest import files

pytestmark = pytest.mark.slow


def command(tmp_path: Path, *more: object) -> list[str]:
    listed = ["gather", tmp_path / "dest", "--label", "daisy", "--urls", tmp_path / "urls.txt"]
    return [sys.executable, "-m", "poetcore", *map(str, [*listed, "--workspace", tmp_path / "ws", *more])]


def start(tmp_path: Path, *more: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(tmp_path, *more), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answered(process: "subprocess.Popen[str]") -> dict[str, object]:
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def slow_photos(server: BadServer) -> str:
    """Show 60 photos, twelve at once and the others never, so that a process is caught in the middle."""
    listed = server.photos(60)
    for path in (f"/photo{i}.jpg" for i in range(12, 60)):
        server.silent(path)
    return "\n".join(listed)


def test_a_killed_process_leaves_whole_pictures_and_the_next_goes_on(server, tmp_path):
    (tmp_path / "urls.txt").write_text(slow_photos(server))
    process = start(tmp_path)
    while len(files(tmp_path / "dest")) < 10 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    whole = files(tmp_path / "dest")
    for path in whole:
        Image.open(tmp_path / "dest" / path).load()
    server.photos(60)
    answer = answered(start(tmp_path, "--json"))
    assert (10 <= len(whole) < 60, answer["files"], len(files(tmp_path / "dest"))) == (True, 60, 60)


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_with_a_sentence_and_a_whole_log(server, tmp_path):
    (tmp_path / "urls.txt").write_text(slow_photos(server))
    process = start(tmp_path)
    while len(files(tmp_path / "dest")) < 5 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    with (tmp_path / "dest" / ".poet" / "gather.csv").open(encoding="utf-8") as log:
        logged = [row["file"] for row in csv.DictReader(log) if row["file"]]
    assert (process.returncode, err.splitlines()[-1]) == (1, "Error: Stopped.")
    assert logged and set(logged) <= set(files(tmp_path / "dest"))
    server.photos(60)
    assert answered(start(tmp_path, "--json"))["files"] == len(files(tmp_path / "dest")) == 60


def test_two_processes_gather_into_one_folder(server, tmp_path):
    server.delay = 0.01
    copies = [server.body(f"/copy{i}.jpg", encoded(picture(i))) for i in range(40)]
    (tmp_path / "urls.txt").write_text("\n".join([*server.photos(40), *copies]))
    both = [start(tmp_path, "--json"), start(tmp_path, "--json")]
    answers = [answered(process) for process in both]
    contents = [(tmp_path / "dest" / path).read_bytes() for path in files(tmp_path / "dest")]
    assert len(contents) == len(set(contents)) == 40
    assert [answer["files"] for answer in answers] == [40, 40]
