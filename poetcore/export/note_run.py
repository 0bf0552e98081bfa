"""The code of a note, run as its readers run it: in a process of its own, beside the exported model.

`python -m poetcore.export.note_run FOLDER FILE` is that process. It reads the code, the network's input size
and the paths of pictures from standard input, as JSON, and writes what came of them to FILE.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.errors import ParityError, PictureError, PoetError
from poetcore.system.processes import run_module
from poetcore.system.telemetry import silence_reports

__all__ = ["Answers", "run_code"]

#: What a note calls the photo of its example.
_PHOTO = "photo.jpg"


@dataclass(frozen=True)
class Answers:
    """What the code of a note made of pictures.

    Attributes:
        there: `(n,) bool`, whether Poet could read the picture; of the others nothing is known.
        of_pixels: `(n, labels) float32`, its probabilities for the pixels that Poet sees.
        of_files: `(n, labels) float32`, its probabilities for the pixels that it reads from the file itself;
            NaN where it cannot.
    """

    there: np.ndarray
    of_pixels: np.ndarray
    of_files: np.ndarray


def run_code(code: str, folder: Path, size: int, pictures: list[Path]) -> Answers:
    """Run the code of a note on pictures, in a child process.

    Args:
        code: defines `read(file)` and `predict(pixels)`, and labels a photo.
        folder: where the exported model lies, under the name that the code has.
        size: pixels a side of the network's input.
        pictures: one or more.

    Raises:
        ParityError: the code does not run.
    """
    file = folder / "answers.npz"
    given = {"code": code, "size": size, "pictures": [str(path.absolute()) for path in pictures]}
    try:
        run_module("poetcore.export.note_run", [str(folder), str(file)], json.dumps(given))
    except PoetError as error:
        raise ParityError(
            f"The code in the note of the exported model does not run ({error}), so it was not kept: report"
            " this."
        ) from None
    try:
        with np.load(file) as arrays:
            return Answers(arrays["there"], arrays["of_pixels"], arrays["of_files"])
    finally:
        file.unlink()


def _main(folder: str, file: str) -> None:
    """Run the code, as the child process."""
    silence_reports()
    given = json.load(sys.stdin)
    os.chdir(folder)
    seen = [_pixels(path, given["size"]) for path in given["pictures"]]
    first = next(pixels for pixels in seen if pixels is not None)
    names: dict[str, Any] = {"__name__": "note"}
    with _photo(first), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(given["code"], "note", "exec"), names)
        of_pixels, of_files = [], []
        for path, pixels in zip(given["pictures"], seen, strict=True):
            if pixels is None:
                continue
            of_pixels.append(names["predict"](pixels))
            of_files.append(_of_file(names, path, pixels, of_pixels[-1]))
    there = np.array([pixels is not None for pixels in seen])
    spread = np.zeros((2, len(seen), len(of_pixels[0])), np.float32)
    spread[:, there] = of_pixels, of_files
    np.savez(file, there=there, of_pixels=spread[0], of_files=spread[1])


def _pixels(path: str, size: int) -> np.ndarray | None:
    """Read a picture as Poet does: `(1, size, size, 3) float32`, or None where it is gone by now."""
    try:
        return images.to_square(images.read(Path(path)), size)[np.newaxis].astype(np.float32)
    except PictureError:
        return None


def _of_file(names: dict[str, Any], path: str, pixels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the probabilities of what the code itself reads; `known` are those of the same `pixels`."""
    try:
        read = names["read"](path)
    except Exception:  # whatever a decoder raises on a picture of a kind that the code does not read
        return np.full_like(known, np.nan)
    same = np.array_equal(read, pixels)
    return known if same else np.asarray(names["predict"](read))


@contextlib.contextmanager
def _photo(pixels: np.ndarray) -> Iterator[None]:
    """Have a photo lie where the code's example reads one."""
    photo = Path(_PHOTO)
    Image.fromarray(pixels[0].astype(np.uint8)).save(photo)
    try:
        yield
    finally:
        photo.unlink()


if __name__ == "__main__":
    _main(*sys.argv[1:])
