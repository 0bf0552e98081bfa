"""A process that decodes pictures for another: `python -m poetcore.features.decode_worker`.

It reads a `View` from standard input and then lists of (sha, path), all pickled by its parent, and writes
what `View.load` makes of each list to standard output. It ends when its standard input does: with its parent,
however that ends.
"""

import pickle
import sys
import warnings
from typing import BinaryIO

__all__ = ["serve"]


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Decode what is asked for until nothing is."""
    try:
        view = pickle.load(requests)
        while True:
            pictures = pickle.load(requests)
            answer: object
            try:
                answer = [view.load(sha, path) for sha, path in pictures]
            except Exception as error:  # what a thread would raise where its result is taken
                answer = error
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
    except (EOFError, pickle.UnpicklingError, OSError):  # the parent has gone, or wants no more
        return


if __name__ == "__main__":
    warnings.filterwarnings("ignore", module="PIL")
    own, sys.stdout = sys.stdout, sys.stderr  # nothing else may be printed between the answers
    serve(sys.stdin.buffer, own.buffer)
