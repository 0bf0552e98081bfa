"""The child process that a model file runs in: what it may do to a process, it does to this one.

It reads a line of JSON: the path, the labels file and how a frozen graph is fed; and writes one: `{}` once
the model is ready, `{"error": ...}` where it cannot be run. Then it answers each line, paths or one content,
with one. Where the system can, its memory and what it may write are limited. It ends with its standard input,
or where an answer takes longer than the seconds that are its argument, whatever native code does.
"""

import base64
import contextlib
import faulthandler
import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from poetcore.evaluation.classifier import PictureClassifier, Prediction
from poetcore.evaluation.frozen import GraphOptions
from poetcore.evaluation.model_file_kinds import KINDS, kind_of
from poetcore.system.failures import as_poet_error
from poetcore.system.files import cores

#: Bytes that the process may have for itself, and for each core, whose threads need some.
_MEMORY, _MEMORY_OF_CORE = 8 * 2**30, 2**28

#: No file that it writes may be larger; libraries log into temporary ones.
_FILE = 2**24

#: The smallest PNG that there is: one grey pixel. A model that cannot even label that is not offered.
_TRIAL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def _main() -> None:
    answers = _own_output()
    _limit()
    model: PictureClassifier | None = None
    for line in sys.stdin:
        faulthandler.dump_traceback_later(float(sys.argv[1]), exit=True, file=sys.stderr)
        try:
            asked = json.loads(line)
            if model is None:
                model = _opened(asked)
                answer: dict[str, Any] = {}
            elif "content" in asked:
                content = base64.b64decode(asked["content"])
                answer = {"found": [_packed(model.classify_bytes("picture", content))]}
            else:
                answer = {"found": [_packed(one) for one in model.classify(list(map(Path, asked["paths"])))]}
        except Exception as error:  # what runs a foreign file raises almost anything
            explained = as_poet_error(error)
            said = str(explained or error) or type(error).__name__
            answer = {"error": said if explained else f"It cannot be run ({said.splitlines()[0][:200]})."}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        faulthandler.cancel_dump_traceback_later()


def _opened(asked: dict[str, Any]) -> PictureClassifier:
    path, labels = Path(asked["path"]), asked["labels_file"] and Path(asked["labels_file"])
    model = KINDS[kind_of(path)].open(path, labels, GraphOptions(**asked["options"]))
    model.classify_bytes("trial", _TRIAL)
    return model


def _packed(one: Prediction) -> dict[str, Any]:
    row = None if one.probabilities is None else np.asarray(one.probabilities, "<f4").tobytes()
    return {
        "row": row and base64.b64encode(row).decode(),
        "sha": one.sha,
        "reason": one.reason,
        "seconds": one.seconds,
    }


def _own_output() -> TextIO:
    """Return where answers go; what libraries write to standard output is no answer."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="utf-8")


def _limit() -> None:
    """Limit what the process may take, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such module
        import resource

        limits = {resource.RLIMIT_FSIZE: _FILE, resource.RLIMIT_CORE: 0}
        if sys.platform == "linux":  # elsewhere it does not count what is mapped
            limits[resource.RLIMIT_DATA] = _MEMORY + _MEMORY_OF_CORE * cores()
        for what, most in limits.items():
            _, hard = resource.getrlimit(what)
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    _main()
