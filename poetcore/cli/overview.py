"""The command that scans a folder of label folders: what is there, and what is wrong with it."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    ForceOption,
    JsonOption,
    OutputCsvOption,
    WorkspaceOption,
)
from poetcore.errors import DatasetError, OptionError
from poetcore.system.figures import confidence
from poetcore.system.names import natural_key
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from poetcore.analysis.issues import Issue
    from poetcore.cli.terminal import Terminal
    from poetcore.data.dataset import Dataset
    from poetcore.data.file_index import FileIndex
    from poetcore.system.progress import OnProgress

__all__ = ["overview"]

#: Files that are named for each check; with --json all are.
_NAMED = 10

_SUSPECT_COLUMNS = ["path", "label", "suggested", "score", "confidence"]

DemoOption = Annotated[
    Path | None,
    typer.Option(
        "--demo_dir", help="Demo folder to compare with; by default `demo` beside a folder `train`."
    ),
]


def overview(
    dir: Annotated[Path, typer.Argument(help="Folder of one folder of pictures per label, or a CSV file.")],
    demo_dir: DemoOption = None,
    suspects: Annotated[
        bool, typer.Option("--suspects", help="Also rank the pictures whose label is probably wrong.")
    ] = False,
    architecture: Annotated[
        str | None, typer.Option(help="The network that extracts features for --suspects.")
    ] = None,
    multi_label: Annotated[
        bool,
        typer.Option(
            "--multi_label",
            help="A picture may have several labels, so that its copies in several label"
            " folders are no conflict.",
        ),
    ] = False,
    output_csv: OutputCsvOption = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Count the pictures of each label and find what is wrong with them."""
    from poetcore.analysis.issues import find_issues, summary
    from poetcore.cli.terminal import Terminal, table
    from poetcore.curation.repair import Repairs
    from poetcore.data.dataset import scan as scan_labels
    from poetcore.data.label_sets import split_set
    from poetcore.data.listing import check_listing_file, write_listing
    from poetcore.data.multi_label import scan_label_sets, with_label_sets
    from poetcore.system.files import printable
    from poetcore.system.outputs import check_source_stays
    from poetcore.workspace.datasets import dataset_notes, dataset_warnings

    terminal, place = Terminal(json), Workspace(workspace)
    scan = scan_label_sets if multi_label else scan_labels
    if output_csv:
        check_source_stays(output_csv, dir)
        check_listing_file(output_csv, force)
    repairs = Repairs(dir)
    repairs.recover()
    with place.file_index() as index, terminal.bars() as bars:
        dataset = scan(dir, index, on_progress=bars.show)
        demo = _demo(dir, demo_dir, index)
        if demo and multi_label:
            demo = with_label_sets(demo)
        verified = repairs.verified()
        issues = find_issues(dataset, place, demo, bars.show, verified=verified)
        del dataset  # of very many pictures tens of megabytes
        # Every picture has been decoded by now, so this only finds which of them are damaged.
        dataset = scan(dir, index, verify=True)
        listed = _suspects(dataset, verified, architecture, place, terminal, bars.show) if suspects else None
    if output_csv:
        write_listing(output_csv, ("path", "label"), dataset.pictures[["path", "label"]].to_numpy(), force)
    counts, found = dataset.counts(), summary(issues)
    own = [split_set(issue.label) if multi_label else (issue.label,) for issue in issues]
    here = Counter(label for labels_of in own for label in labels_of)
    labels = sorted([*counts, *dataset.empty], key=natural_key)
    rows = [[label, str(counts.get(label, 0)), str(here[label])] for label in labels]
    warnings = dataset_warnings(dataset) if counts else []
    compared = f" Compared with the demo folder {printable(demo.folder)}." if demo else ""
    terminal.answer(
        {
            "labels": counts,
            "total": len(dataset.pictures),
            "refused": len(dataset.refused),
            "empty": list(dataset.empty),
            "loose": list(dataset.loose),
            "hidden": list(dataset.hidden),
            "litter": dataset.litter,
            "warnings": warnings,
            "issues": [asdict(issue) for issue in issues],
            "counts": found.to_dict("index"),
            "demo": printable(demo.folder) if demo else None,
        }
        | ({} if listed is None else {"suspects": listed.to_dict("records")}),
        table(str(dataset.folder), ["label", "pictures", "issues"], rows),
        f"{len(dataset.pictures)} usable pictures in {len(counts)} labels, {len(issues)} issues.{compared}",
        *warnings,
        *dataset_notes(dataset),
        *_issue_lines(issues, dataset),
        *([] if listed is None else _suspect_lines(listed)),
    )


def _demo(dir: Path, demo_dir: Path | None, index: "FileIndex") -> "Dataset | None":
    """Scan the demo folder; one that was not asked for and cannot be used counts as none."""
    from poetcore.data.dataset import scan
    from poetcore.data.layout import demo_beside
    from poetcore.data.listing import demo_part

    if demo_dir:
        return scan(demo_part(demo_dir), index)
    beside = demo_beside(dir.absolute())
    with suppress(DatasetError):
        return scan(beside, index) if beside else None
    return None


def _suspects(
    dataset: "Dataset",
    verified: "Collection[str]",
    architecture: str | None,
    place: Workspace,
    terminal: "Terminal",
    on_progress: "OnProgress",
) -> "pd.DataFrame":
    import pandas as pd

    from poetcore.analysis.label_errors import label_issues_of
    from poetcore.features.backbones import find, from_environment
    from poetcore.features.network_file import find_network

    backbone = find_network(
        architecture or find(from_environment(os.environ)).network, place.models, on_progress=on_progress
    )
    if backbone.quantized:
        raise OptionError(f"--suspects needs a network that is not quantized: choose {backbone.network}.")
    try:
        found = label_issues_of(dataset, backbone, place, on_progress, verified=verified)
    except DatasetError as error:  # too few pictures to score labels spoil no other check
        terminal.message(f"Labels were not scored: {error}")
        return pd.DataFrame(columns=_SUSPECT_COLUMNS)
    return found[_SUSPECT_COLUMNS]


def _suspect_lines(suspects: "pd.DataFrame") -> Iterator[str]:
    """List the most suspect pictures for people."""
    if suspects.empty:
        yield "\nNo label looks wrong."
        return
    yield (
        f"\nSuspect labels: {len(suspects)} pictures look more like another label. Good ones are among them,"
        " the fewer the higher up."
    )
    for one in suspects.head(_NAMED).to_dict("records"):
        sure = confidence(one["confidence"])
        yield f"  {one['path']}: given {one['label']}, suggested {one['suggested']} ({sure})"
    if len(suspects) > _NAMED:
        yield f"  ... and {len(suspects) - _NAMED} more; --json lists them all."


def _issue_lines(issues: "Sequence[Issue]", dataset: "Dataset") -> "Iterator[str]":
    """List what each check found and what to do about it, with some of the files."""
    from poetcore.analysis.issues import CHECKS
    from poetcore.cli.terminal import command_line
    from poetcore.system.files import one_line

    for check in CHECKS.values():
        found = [issue for issue in issues if issue.issue == check.name]
        if not found:
            continue
        yield f"\n{check.title}: {len(found)} ({check.severity}). {check.explanation}\n{check.advice}"
        yield from (f"  {one_line(issue.path)}: {issue.detail}" for issue in found[:_NAMED])
        if len(found) > _NAMED:
            yield f"  ... and {len(found) - _NAMED} more; --json lists them all."
        if check.name == "similar_labels" and dataset.read_only:
            yield "  A CSV file is not changed here: give these one name in it."
        elif check.name == "similar_labels":
            names = (found[0].label, Path(found[0].related[0]).name)
            yield f"  To merge: {command_line('merge', dataset.folder, *names)}"
