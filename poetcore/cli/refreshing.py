"""What to type after a gathered set was refreshed: train anew, compare both models on the same pictures."""

import os
from dataclasses import MISSING
from pathlib import Path

from poetcore.cli.options import DEFAULT_WORKSPACE
from poetcore.errors import PoetError
from poetcore.features.augmentation import Augmentation
from poetcore.system.files import is_same_place
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["next_commands"]


def next_commands(dest: Path, workspace: Workspace) -> list[str]:
    """Return the commands that train a run like the newest on a set, and compare both on the same pictures.

    These are the demo pictures of that run: a demo folder, what is kept aside, or its testing pictures, which
    stay testing pictures in the new run, since the split hangs on the pictures themselves.

    Args:
        dest: the set that was refreshed; a run on a set that was prepared from it counts too.
        workspace: where the runs are.

    Returns:
        The commands in their order; none where no finished run was trained on the set.
    """
    from poetcore.cli.terminal import typed
    from poetcore.workspace.demo_sets import automatic_demo

    for run in workspace.finished_runs():
        images = Path(run.record().image_dir)
        prepared = _prepared_from(dest, images, workspace)
        if prepared is None and not is_same_place(images, dest):
            continue
        demo = automatic_demo(images, run, workspace) or run.testing_file
        new = _free_name(f"{run.name}_again", workspace)
        steps = [
            [*prepared] if prepared else [],
            ["retrain", "--image_dir", str(images), "--run_name", new, *_options(run)],
            ["compare", run.name, new, "--demo", str(demo)],
        ]
        home = os.path.abspath(DEFAULT_WORKSPACE) != str(workspace.root)
        place = ["--workspace", str(workspace.root)] if home else []
        return [typed(["python", "-m", "poetcore", *step, *place]) for step in steps if step]
    return []


def _prepared_from(dest: Path, images: Path, workspace: Workspace) -> list[str] | None:
    """Return how a training folder was prepared from a set, and now takes all of it; None if it was not."""
    from poetcore.curation.prepared import manifest_of
    from poetcore.data.dataset import scan
    from poetcore.workspace.records import read_table

    folder = images.parent
    try:
        listed = read_table(manifest_of(folder), ("source", "label", "part"))
        inside = listed["source"].map(lambda source: Path(dest).resolve() in Path(source).resolve().parents)
        if not inside.any():
            return None
        with workspace.file_index() as file_index:
            most = max(scan(dest, file_index).counts().values())
    except (PoetError, OSError):
        return None
    demo = int(listed[listed["part"] == "demo"].groupby("label").size().max() or 0)
    return [
        *("prepare", str(dest), str(folder)),
        *("--train_per_label", str(max(most - demo, 1)), "--demo_per_label", str(demo)),
    ]


def _options(run: Run) -> list[str]:
    """Return the options of a run that are not the usual ones, as they are typed."""
    record = run.record()
    values = record.options | {"architecture": record.backbone}
    augments = any(values.get(name) for name in options_of(Augmentation) if name != "distortion_variants")
    typed: list[str] = []
    for name, option in options_of(RunConfig).items():
        value = values.get(name, option.default)
        if value in (option.default, None) or option.default is MISSING:
            continue
        if name == "distortion_variants" and not augments:
            continue  # runs of earlier versions kept it, though there was nothing to vary
        typed += [f"--{option.flag}"] if value is True else [f"--{option.flag}", str(value)]
    return typed


def _free_name(name: str, workspace: Workspace) -> str:
    taken = {run.name for run in workspace.all_runs()}
    names = (name if number == 1 else f"{name}_{number}" for number in range(1, len(taken) + 2))
    return next(one for one in names if one not in taken)
