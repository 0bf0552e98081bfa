"""Pictures decoded in processes: the same as in threads, and nothing is left of these, however it ends."""

import io
import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

import numpy as np
import psutil
import pytest

from poetcore.errors import ResourceError
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.decode_ahead import decode_in_processes
from poetcore.features.decode_worker import serve
from poetcore.features.engines import Loaded, View
from tests.conftest import PATIENCE, ROOT, fill
from tests.features.conftest import by_content
from tests.features.test_litert import PHOTOS

pytestmark = pytest.mark.slow

VIEW = View(96, NO_AUGMENTATION, 0)

#: Decodes one picture again and again, and says so once the processes are at work.
ENDLESS = """
import itertools, pathlib, sys
from tests.features.test_decode_ahead import VIEW, decode_in_processes
pictures = [(sys.argv[1], pathlib.Path(sys.argv[2]))] * 8
for _ in decode_in_processes(itertools.repeat(pictures), VIEW, 2):
    print("at work", flush=True)
"""


@pytest.fixture
def pictures(tmp_path: Path) -> list[tuple[str, Path]]:
    """Photos, files that are none, and one that is gone."""
    (tmp_path / "text.jpg").write_bytes(b"no picture")
    (tmp_path / "half.jpg").write_bytes(PHOTOS[3].read_bytes()[:9000])
    good = list(fill(tmp_path / "many", {"rose": 20}).rglob("*.jpg"))
    found = by_content([PHOTOS[0], tmp_path / "text.jpg", *good, tmp_path / "half.jpg", PHOTOS[1]])
    return [*found.items(), ("0" * 64, tmp_path / "gone.jpg")]


def children() -> list[psutil.Process]:
    found = []
    for one in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it has ended, such as one of another test
            found += [one] * any("decode_worker" in part for part in one.cmdline())
    return found


@pytest.mark.parametrize("view", [VIEW, View(96, Augmentation(flip_left_right=True, random_crop=20), 3)])
def test_pixels_hashes_and_reasons_are_those_of_a_thread_in_the_same_order(pictures, view):
    batches = [pictures[:3], [], pictures[3:]]
    decoded = list(decode_in_processes(batches, view, 2))
    assert [len(batch) for batch in decoded] == [3, 0, len(pictures) - 3]
    for found, (sha, path) in zip(chain(*decoded), pictures, strict=True):
        wanted = view.load(sha, path)
        assert type(found) is type(wanted)
        if isinstance(wanted, Loaded):
            assert np.array_equal(found.pixels, wanted.pixels)
            assert (found.sha, found.hash) == (wanted.sha, wanted.hash)
        else:
            assert found == wanted
    assert not children()


def test_a_caller_that_stops_early_leaves_no_process(pictures):
    stream = decode_in_processes([pictures] * 50, VIEW, 2)
    assert len(list(islice(stream, 2))) == 2 and len(children()) == 2
    stream.close()
    assert not children()


def test_a_process_that_the_system_ended_is_told_in_one_sentence(pictures):
    stream = decode_in_processes([pictures] * 50, VIEW, 1)
    next(stream)
    children()[0].kill()
    with pytest.raises(ResourceError, match=r"for want of memory: close .* are kept\.$"):
        list(stream)
    assert not children()


@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_processes_end_with_their_parent(how):
    if not hasattr(signal, how):
        pytest.skip("Windows has no such signal")
    ((sha, path),) = by_content(PHOTOS[:1]).items()
    command = [sys.executable, "-c", ENDLESS, sha, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout.readline() == b"at work\n"
        working = psutil.Process(parent.pid).children()
        os.kill(parent.pid, getattr(signal, how))
        parent.stdout.read()
    assert len(working) == 2
    assert not psutil.wait_procs(working, timeout=PATIENCE)[1]


def test_what_cannot_be_foreseen_is_raised_where_the_result_is_taken():
    questions, answers = io.BytesIO(), io.BytesIO()
    for question in (VIEW, [("sha", None)]):
        pickle.dump(question, questions)
    questions.seek(0)
    serve(questions, answers)
    answers.seek(0)
    assert isinstance(pickle.load(answers), Exception)
