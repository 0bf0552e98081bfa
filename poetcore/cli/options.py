"""The options that several commands take, and how a command takes those that a dataclass declares."""

import copy
import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import MISSING
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from typer.models import ParameterInfo

from poetcore.errors import OptionError
from poetcore.system.options import Option, options_of
from poetcore.system.paths import to_path
from poetcore.training.config import RunConfig
from poetcore.workspace.places import remember_places
from poetcore.workspace.workspace import Workspace

__all__ = [
    "DEFAULT_WORKSPACE",
    "EngineOption",
    "ForceOption",
    "JsonOption",
    "OutputCsvOption",
    "RunNameOption",
    "RunOption",
    "WorkspaceOption",
    "finds_datasets",
    "reads_paths",
    "takes_options_of",
]

_RUN_OPTIONS = options_of(RunConfig)

#: The workspace of a command: a folder in the current one, unless it is given.
DEFAULT_WORKSPACE = Path("tf_files")

#: The parameters of commands that name a dataset.
_DATASETS = ("dir", "source", "image_dir", "demo_dir", "demo")

#: The parameters of commands that name what is written.
_OUTPUTS = ("dest", "folder", "out", "html", "output_csv", "output_graph", "output_labels")

WorkspaceOption = Annotated[
    Path, typer.Option(envvar="TFP_WORKSPACE", help="Folder for runs, models, caches and datasets.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="End with one line of JSON on standard output.")]
OutputCsvOption = Annotated[
    Path | None,
    typer.Option("--output_csv", help="Write path and label of each picture there, to be read as a dataset."),
]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Replace a file that is there even if Poet did not write it as it is now."),
]
RunOption = Annotated[str, typer.Option(help="A run's name, or `latest`.")]
RunNameOption = Annotated[str | None, typer.Option("--run_name", help=_RUN_OPTIONS["name"].help)]
EngineOption = Annotated[str, typer.Option(help=_RUN_OPTIONS["engine"].help)]


def takes_options_of(
    kind: type, *, after: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that adds the options of a dataclass to a command that takes `**options`.

    Args:
        kind: the dataclass. A parameter that the command has itself is left as it is.
        after: the command's parameter behind which help lists them; before all by default.
    """

    def add(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = {
            name: one.replace(kind=one.KEYWORD_ONLY)
            for name, one in signature.parameters.items()
            if one.kind is not one.VAR_KEYWORD
        }
        declared = {name: _parameter(one) for name, one in options_of(kind).items()}
        first = 0 if after is None else list(own).index(after) + 1
        before = dict(list(own.items())[:first])
        signature = signature.replace(parameters=list((before | declared | own).values()))
        command.__signature__ = signature  # type: ignore[attr-defined]  # PEP 362
        return command

    return add


def _parameter(one: Option) -> inspect.Parameter:
    off = f"/--no_{one.flag}" if one.default is True else ""  # what is on by itself can be switched off
    return inspect.Parameter(
        one.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if one.default is MISSING else one.default,
        annotation=Annotated[
            one.type, typer.Option(f"--{one.flag}{off}", envvar=one.environment, help=one.help)
        ],
    )


def finds_datasets(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that looks for its datasets in the workspace too, as the tutorials name them there.

    Where it writes outside of the workspace is remembered, so that what it leaves when killed is found there.
    """

    @functools.wraps(command)
    def found(**given: Any) -> None:
        named = {name: given[name] for name in _DATASETS if given.get(name)}
        if named:
            place = Workspace(given["workspace"])
            given |= {name: place.meant_dataset(path) for name, path in named.items()}
        if "workspace" in given:
            outputs = [given[name] for name in _OUTPUTS if given.get(name)]
            remember_places(Workspace(given["workspace"]), *outputs)
        command(**given)

    return found


def reads_paths(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose paths, wherever they are given, are understood as people paste them."""
    signature = inspect.signature(command, eval_str=True)
    parameters = [one.replace(annotation=_pasted(one.annotation)) for one in signature.parameters.values()]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # PEP 362
    return command


def _pasted(annotation: Any) -> Any:
    kind, *details = get_args(annotation) or (annotation,)
    if Path not in (kind, *(inner for one in get_args(kind) for inner in (one, *get_args(one)))):
        return annotation
    pasted = [copy.copy(one) for one in details]
    for one in pasted:
        if isinstance(one, ParameterInfo):
            one.parser = path
    return Annotated[kind, *pasted]


def path(value: str | os.PathLike[str]) -> Path:
    """Return a value of the command line or the environment as a path.

    Raises:
        BadParameter: it can be none, or is the next option where the value was forgotten.
    """
    text = os.fspath(value)
    if text.startswith("--") and not os.path.lexists(text):
        raise typer.BadParameter(f"{text!r} is an option: give a path before it, or ./{text} for that name.")
    try:
        return to_path(text)
    except OptionError as error:
        raise typer.BadParameter(str(error)) from None
