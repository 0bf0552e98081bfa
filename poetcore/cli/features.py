"""The command that writes feature vectors into a file, for notebooks and other programs."""

from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, ForceOption, JsonOption, WorkspaceOption
from poetcore.features.backbones import DEFAULT
from poetcore.system.options import options_of
from poetcore.system.wording import counted
from poetcore.training.config import RunConfig
from poetcore.workspace.workspace import Workspace

__all__ = ["features"]


def features(
    dir: Annotated[
        Path, typer.Argument(help="Folder that holds one folder of pictures per label, or a CSV file.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="The file: .csv and .parquet have the columns path, label, feature_0, feature_1 ...; .npz"
            " the arrays path, label and features."
        ),
    ],
    architecture: Annotated[str, typer.Option(help=options_of(RunConfig)["architecture"].help)] = DEFAULT,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Write the feature vector (bottleneck) of each picture into a file, with its path and label."""
    from poetcore.analysis.feature_files import check_feature_file, picture_features, write_features
    from poetcore.cli.terminal import Terminal
    from poetcore.data.dataset import scan
    from poetcore.features.network_file import find_network

    check_feature_file(out, dir, force)
    terminal, place = Terminal(json), Workspace(workspace)
    backbone = find_network(architecture, place.models)
    with terminal.bars() as bars:
        with place.file_index() as index:
            dataset = scan(dir, index, on_progress=bars.show)
        found = picture_features(dataset, backbone, place, bars.show)
    with place.file_index() as index:
        dataset = scan(dir, index)  # now with what turned out to be no picture
    skipped = dataset.skipped()
    terminal.skipped("Excluded", skipped)
    write_features(out, found, force)
    terminal.answer(
        {
            "path": str(out),
            "pictures": len(found),
            "labels": found.pictures["label"].value_counts(sort=False).to_dict(),
            "architecture": backbone.name,
            "vector_length": backbone.vector_length,
            "skipped": skipped,
        },
        f"{out}: {counted(len(found), 'feature vector')} of {backbone.vector_length:,} numbers each, by"
        f" {backbone.name}, with path and label.",
    )
