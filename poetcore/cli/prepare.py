"""The command that splits a folder of pictures into a train and a demo folder."""

from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.workspace.workspace import Workspace

__all__ = ["prepare"]


def prepare(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SRC", help="Folder that holds one folder of pictures per label, or a CSV file."
        ),
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="DEST", help="Where the new set goes: DEST/train and DEST/demo.")
    ],
    train_per_label: Annotated[
        int, typer.Option("--train_per_label", min=1, help="Training pictures of each label.")
    ] = 200,
    demo_per_label: Annotated[
        int, typer.Option("--demo_per_label", min=0, help="Demo pictures of each label.")
    ] = 50,
    order: Annotated[
        str,
        typer.Option(
            help="Which are taken: at `random`, by `size` (the largest files), or by `name`: the first of"
            " each label to train and the last to demo."
        ),
    ] = "random",
    seed: Annotated[int, typer.Option(help="Another seed draws others and divides them differently.")] = 0,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ISSUE",
            help="Exclude these too: dark, blurry, near_duplicate, ... (commas, or more than once)."
            " Unreadable ones, duplicates, two_labels, placeholder, tiny and small_file are excluded anyway.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="ISSUE", help="Use these all the same: placeholder, tiny or small_file."),
    ] = None,
    link: Annotated[
        bool,
        typer.Option(
            "--link", help="Hard links instead of copies: no space is used, but an edit changes both names."
        ),
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Copy clean pictures into a train and a demo folder, so many of each label; the originals stay."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.curation.prepare import label_folder_names, plan
    from poetcore.curation.prepared import check_apart, execute, existing_split, scan_source
    from poetcore.curation.selection import DEFAULT_EXCLUDED, MANDATORY, SplitOptions, check_names
    from poetcore.errors import OptionError

    kept = _names(keep)
    if kept & MANDATORY:
        raise OptionError(
            f"{', '.join(sorted(kept & MANDATORY))} cannot be kept: a set with them would be wrong. Choose"
            f" from {', '.join(sorted(DEFAULT_EXCLUDED))}."
        )
    check_names(kept)
    options = SplitOptions(
        train_per_label, demo_per_label, order, seed, (DEFAULT_EXCLUDED | _names(exclude)) - kept
    )
    terminal, place = Terminal(json), Workspace(workspace)
    folder = check_apart(source, folder)
    with terminal.bars() as bars:
        dataset, issues = scan_source(source, place, bars.show)
        planned = plan(dataset, issues, options, existing_split(folder, place))
        done = execute(planned, folder, link=link, on_progress=bars.show)
    planned = done.plan
    train, demo = planned.counts("train"), planned.counts("demo")
    rejected = planned.pictures[planned.pictures["part"] == "rejected"]
    unused = sum(planned.counts("unused").values())
    sentences = [
        f"{short.label}: {short.train} training pictures and {short.demo} demo pictures are missing."
        for short in planned.shortfalls
    ]
    sentences += [
        f"The pictures of the label {label} are in folders called {name}, since it can be no name of one."
        for label, name in label_folder_names(dataset).items()
        if label != name
    ]
    if done.not_linked:
        sentences.append(
            f"Copied where links were asked for, because the system refused them: {done.not_linked}."
        )
    if planned.left:
        sentences.append(
            f"{len(planned.left)} pictures of an earlier preparation were left in place, for the source no"
            f" longer has them: {', '.join(planned.left[:5])}."
        )
    for sentence in sentences:
        terminal.message(sentence)
    for path, reason in done.failed:
        terminal.message(f"Not copied: {path} {reason}. The same command again takes another.")
    terminal.answer(
        {
            "train": train,
            "demo": demo,
            "rejected": rejected[["source", "issue", "reason"]]
            .rename(columns={"source": "path"})
            .to_dict("records"),
            "unused": unused,
            "shortfalls": [vars(short) for short in planned.shortfalls],
            "copied": done.copied,
            "linked": done.linked,
            "kept": done.kept,
            "removed": done.removed,
            "left": list(planned.left),
            "failed": [{"path": path, "reason": reason} for path, reason in done.failed],
            "manifest": str(done.manifest),
        },
        table(
            str(folder),
            ["label", "train", "demo"],
            [[label, str(train[label]), str(demo[label])] for label in planned.labels],
        ),
        f"Pictures put there now: {done.copied + done.linked:,}; there already: {done.kept:,}; removed:"
        f" {done.removed:,}; excluded: {len(rejected):,}; unused: {unused:,}.",
        *(
            f"{issue}: {path}: {reason}"
            for path, issue, reason in rejected[["source", "issue", "reason"]].values
        ),
        f"The list of all is {done.manifest}.",
    )


def _names(given: list[str] | None) -> frozenset[str]:
    return frozenset(name.strip() for listed in given or () for name in listed.split(",") if name.strip())
