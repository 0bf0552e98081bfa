"""The command that lists the backbones that there are."""

import os
from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, ForceOption, JsonOption, WorkspaceOption
from poetcore.system.figures import percent
from poetcore.workspace.workspace import Workspace

__all__ = ["backbones"]


def backbones(
    chart: Annotated[
        Path | None,
        typer.Option(
            help="Write a chart there, accuracy against computation: .html, .png or .svg; the backbone that"
            " retrain takes without --architecture is marked."
        ),
    ] = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """List the pre-trained networks, and whether they work offline now."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.features.litert import list_backbones

    known = list_backbones(Workspace(workspace).models)
    if chart:
        from poetcore.features.backbone_chart import write_chart
        from poetcore.features.backbones import find, from_environment

        write_chart(chart, known, find(from_environment(os.environ)).network, force)
    listed = [one._asdict() for one in known]
    rows = [
        [
            str(one["name"]),
            str(one["input_size"]),
            f"{one['megabytes']:.1f}",
            percent(one["imagenet_top1"] and one["imagenet_top1"] / 100),
            "yes" if one["offline"] else "no",
        ]
        for one in listed
    ]
    Terminal(json).answer(
        {"backbones": listed} | ({"chart": str(chart)} if chart else {}),
        table("Backbones", ["name", "pixels a side", "MB", "ImageNet top-1", "offline now"], rows),
        "Each also with _quantized after its name: quantized (int8), calibrated on your training pictures, a"
        " third of the size and faster. Several side by side are joined by +, such as"
        " efficientnet_lite0+efficientnet_lite2: more accurate, slower.",
        *([f"Chart: {chart}"] if chart else []),
    )
