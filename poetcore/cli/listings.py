"""The command that lists the backbones that there are."""

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.system.figures import percent
from poetcore.workspace.workspace import Workspace

__all__ = ["backbones"]


def backbones(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List the pre-trained networks, and whether they work offline now."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.features.litert import list_backbones

    listed = [one._asdict() for one in list_backbones(Workspace(workspace).models)]
    rows = [
        [
            str(one["name"]),
            str(one["input_size"]),
            f"{one['megabytes']:.1f}",
            percent(one["imagenet_top1"] / 100),
            "yes" if one["offline"] else "no",
        ]
        for one in listed
    ]
    Terminal(json).answer(
        {"backbones": listed},
        table("Backbones", ["name", "pixels a side", "MB", "ImageNet top-1", "offline now"], rows),
        "Each also with _quantized after its name: quantized (int8), calibrated on your training pictures, a"
        " third of the size and faster.",
    )
