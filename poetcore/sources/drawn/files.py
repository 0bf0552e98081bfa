"""Sample pictures as files, drawn by several processes where there are many of them.

`python -m poetcore.sources.drawn.files FOLDER SEED` is such a process; it reads which pictures it draws, as a
JSON list, from standard input, and writes a line after each.
"""

import contextlib
import json
import random
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from poetcore.sources.drawn.drawing import draw_picture
from poetcore.system.files import cores
from poetcore.system.processes import converse, run_to_exit

__all__ = ["Name", "draw_files", "picture_path"]

#: Of a drawn picture: split, label, number.
Name = tuple[str, str, int]

#: A process is worth its start for so many pictures.
_WORTHWHILE = 30


def picture_path(split: str, label: str, index: int) -> Path:
    """Return where a picture lies in its set."""
    return Path(split, label, f"{label}_{index:03d}.jpg")


def draw_files(folder: Path, names: Sequence[Name], seed: int) -> Generator[None, None, None]:
    """Draw pictures as files; yield after each.

    Args:
        folder: of the set.
        names: of the pictures, none of which is there.
        seed: another one draws other pictures.

    Raises:
        OSError: one cannot be written.
    """
    for split, label in {name[:2]: None for name in names}:
        (folder / split / label).mkdir(parents=True, exist_ok=True)
    helpers = min(cores(), len(names) // _WORTHWHILE)
    if helpers > 1:
        yield from _by_helpers(folder, names, seed, helpers)
    # What a helper could not, for whatever reason, is drawn here, and the reason met.
    for name in names:
        if not (folder / picture_path(*name)).exists():
            _draw_file(folder, name, seed)
            yield


def _draw_file(folder: Path, name: Name, seed: int) -> None:
    split, label, index = name
    image = draw_picture(label, random.Random(f"{seed}/{split}/{label}/{index}"))
    path = folder / picture_path(*name)
    part = path.with_suffix(".part")  # what a process that is killed leaves is no picture
    image.save(part, "JPEG", quality=90)
    part.replace(path)


def _by_helpers(folder: Path, names: Sequence[Name], seed: int, count: int) -> Generator[None, None, None]:
    """Let processes draw; they end with this generator, and with this process when they next write a line."""
    drawn: SimpleQueue[bool] = SimpleQueue()

    def follow(helper: "subprocess.Popen[str]") -> None:
        assert helper.stdout is not None
        for _ in helper.stdout:
            drawn.put(True)
        drawn.put(False)

    with contextlib.ExitStack() as ended:
        for number in range(count):
            helper = ended.enter_context(converse(__name__, [str(folder), str(seed)]))
            following = Thread(target=follow, args=[helper], daemon=True)
            ended.callback(following.join)
            ended.callback(helper.kill)
            following.start()
            assert helper.stdin is not None
            with contextlib.suppress(OSError), helper.stdin:  # where it is gone already
                json.dump(names[number::count], helper.stdin)
        while count:
            if drawn.get():
                yield
            else:
                count -= 1


def _main(folder: str, seed: str) -> None:
    """Draw pictures, as a helper."""
    for split, label, index in json.load(sys.stdin):
        _draw_file(Path(folder), (split, label, index), int(seed))
        print(flush=True)


if __name__ == "__main__":
    run_to_exit(lambda: _main(*sys.argv[1:]))
