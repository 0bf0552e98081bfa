"""The child process that evaluates a model file: TensorFlow stays out of the dashboard's own process.

`python -m poetcore.evaluation.model_file_run FOLDER` reads what to do as JSON from standard input, and writes
the evaluation to FOLDER.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from poetcore.evaluation.evaluate import evaluate_graph
from poetcore.evaluation.frozen import GraphOptions
from poetcore.evaluation.model_file_kinds import KINDS, kind_of
from poetcore.system.processes import run_to_exit
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.workspace import Workspace


def _main() -> None:
    given = json.load(sys.stdin)
    path, labels = Path(given["path"]), given["labels_file"] and Path(given["labels_file"])
    model = KINDS[kind_of(path)].open(path, labels, GraphOptions(**given["options"]))
    workspace = Workspace(Path(given["workspace"]), bottlenecks=Path(given["bottlenecks"]))
    found = evaluate_graph(model, path.name, Path(given["folder"]), workspace, only=given["only"])
    EvaluationFolder(Path(sys.argv[1])).write(found.predictions, asdict(found.metrics))


if __name__ == "__main__":
    run_to_exit(_main)
