"""The process that reads mutated files one after the other and tells of each before and after.

    python -m tests.benchmarks.fuzzing.child READER LAB SEED FIRST LAST FOLDER

Prints `<number` before an input, `>number SECONDS KIND` after it. What it may take of memory is what it has
after reading the sound files, and `Reader.megabytes`; what it does not survive, its parent notices. It works
in FOLDER, which its parent deletes, since a process that is killed deletes nothing.
"""

import gc
import os
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from poetcore.errors import PoetError
from tests.benchmarks.fuzzing.mutations import mutated
from tests.benchmarks.fuzzing.readers import READERS, Reader


def input_of(reader: Reader, seeds: list[bytes], seed: int, number: int) -> bytes:
    """Return an input; the same for the same numbers, as long as the seeds are.

    Three of four have their checksums computed again, so that more is read than these.
    """
    rng = random.Random(f"{seed}/{reader.name}/{number}")
    content = mutated(seeds, reader.words, rng)
    return reader.seal(content) if reader.seal and rng.random() < 0.75 else content


def main() -> None:
    name, lab, seed, first, last = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:6])
    tempfile.tempdir = sys.argv[6]  # of the readers too
    place = Path(tempfile.mkdtemp())
    reader = READERS[name]
    out = os.fdopen(os.dup(1), "w", buffering=1)
    with Path(os.devnull).open("w") as nothing:
        # What libraries print belongs to nobody.
        os.dup2(nothing.fileno(), 1), os.dup2(nothing.fileno(), 2)
        try:
            seeds = reader.seeds(lab)
            read = reader.prepare(place, lab)
            if not any(_kind(read, content) == "read" for content in seeds):
                raise ValueError("every file to begin with is refused")
        except Exception:
            out.write(f"!{traceback.format_exc()!r}\n")
            raise
        gc.collect(), gc.freeze()  # what is there now stays, and needs no look at each collection
        _limit(reader.megabytes)
        for number in range(first, last):
            content = input_of(reader, seeds, seed, number)
            out.write(f"<{number}\n")
            start = time.perf_counter()
            kind = _kind(read, content)
            out.write(f">{number} {time.perf_counter() - start:.4f} {kind}\n")
            if number % 50 == 0:
                gc.collect()  # what an error holds on to is not what the next input takes


def _kind(read, content: bytes) -> str:
    try:
        read(content)
    except PoetError as error:
        return "traceback empty message" if not str(error).strip() else "refused"
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [one for one in frames if "/poetcore/" in one.filename] or frames
        place = f"{ours[-1].filename.rpartition('/poetcore/')[2]}:{ours[-1].lineno}"
        return f"traceback {type(error).__name__} at {place}: {' '.join(str(error).split())[:200]}"
    return "read"


def _limit(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: its parent looks at the memory alone
        return
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    most = used + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
