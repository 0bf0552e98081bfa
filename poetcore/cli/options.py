"""The options that every command takes."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["HERE", "EngineOption", "JsonOption", "RunNameOption", "RunOption", "WorkspaceOption"]

WorkspaceOption = Annotated[
    Path, typer.Option(envvar="TFP_WORKSPACE", help="Folder in which Poet keeps what it makes.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="End with one line of JSON on standard output.")]
RunOption = Annotated[str, typer.Option(help="A run's name, or `latest`.")]

HERE = Path("tf_files")
RunNameOption = Annotated[
    str | None, typer.Option("--run_name", help="The run's name; from date and time by default.")
]
EngineOption = Annotated[
    str,
    typer.Option(
        help="What describes the pictures: litert (this machine's cores), keras (a graphics card) or ray (the"
        " cluster of RAY_ADDRESS)."
    ),
]
