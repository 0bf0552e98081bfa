"""What no command does and `growth` measures.

python -m tests.benchmarks.growth_tasks {map,similar} FOLDER WORKSPACE
"""

import sys
from pathlib import Path

from poetcore.workspace.workspace import Workspace

__all__ = ["arranged", "similar"]


def arranged(folder: Path, workspace: Workspace) -> None:
    """Arrange the pictures of a folder on the map by PCA."""
    from poetcore.analysis.embedding import features_of
    from poetcore.analysis.projection.methods import components_among
    from poetcore.data.dataset import scan
    from poetcore.features.backbones import DEFAULT, find

    with workspace.file_index() as index:
        dataset = scan(folder, index)
    vectors = features_of(dataset, find(DEFAULT), workspace)
    components_among(vectors, sorted(vectors))


def similar(folder: Path, workspace: Workspace) -> None:
    """Find what the first pictures of a folder resemble among the training pictures of the run `large`."""
    from poetcore.evaluation.looks.looker import Looker
    from poetcore.system.files import walk

    looker = Looker(workspace.run("large"), workspace)
    for _, entry in zip(range(10), walk(folder), strict=False):
        looker.similar(Path(entry.path).read_bytes())


if __name__ == "__main__":
    {"map": arranged, "similar": similar}[sys.argv[1]](Path(sys.argv[2]), Workspace(Path(sys.argv[3])))
