"""The command that fetches pictures from lists of URLs, synsets and iNaturalist."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.gathered import Gathered
from poetcore.sources.imagenet import SYNSET_ENDPOINT, synset_urls
from poetcore.sources.inaturalist import (
    INATURALIST,
    LICENCES,
    check_size,
    find_taxon,
    observations,
    parse_licences,
)
from poetcore.sources.urls import Source, UrlList, read_table, read_urls
from poetcore.system.names import check_name
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.cli.terminal import Terminal

__all__ = ["gather"]

#: Lines of a kind that are shown; the log has all.
_SHOWN = 10

#: A taxon may have a hundred thousand pictures; a classifier needs some hundreds.
TAXON_COUNT = 200

_LIMITS = FetchOptions()


def gather(
    dest: Annotated[Path, typer.Argument(help="Folder for the label folders; made where it is missing.")],
    label: Annotated[str | None, typer.Option(help="The label that the pictures are for.")] = None,
    urls: Annotated[Path | None, typer.Option(help="A text file of URLs, one a line.")] = None,
    table: Annotated[
        Path | None, typer.Option(help="A CSV file of rows `label,file of URLs`, for many labels.")
    ] = None,
    wnid: Annotated[str | None, typer.Option(help="A WordNet id of ImageNet, such as n12997654.")] = None,
    taxon: Annotated[
        str | None, typer.Option(help="A species, genus, ... on iNaturalist, scientific or common name.")
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(help=f"Pictures of each label; {TAXON_COUNT} of a taxon by default, else all."),
    ] = None,
    size: Annotated[
        str, typer.Option(help="Of a taxon's pictures: medium (500 pixels) or large.")
    ] = "medium",
    licences: Annotated[
        str, typer.Option(help="Of a taxon's pictures, with commas; or `any`, all rights reserved included.")
    ] = ",".join(LICENCES),
    every_photo: Annotated[
        bool, typer.Option("--every_photo", help="All photos of each observation, not only the first.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Request dead links again, before their time.")
    ] = False,
    workers: Annotated[int, typer.Option(help="Requests at once.")] = _LIMITS.workers,
    per_host: Annotated[
        int, typer.Option("--per_host", help="Requests at once to a host.")
    ] = _LIMITS.per_host,
    interval: Annotated[
        float, typer.Option(help="Seconds between two requests to a host.")
    ] = _LIMITS.interval,
    timeout: Annotated[
        float, typer.Option(help="Seconds for one picture, at the most.")
    ] = _LIMITS.total_timeout,
    retries: Annotated[
        int, typer.Option(help="How often to repeat a request to a busy server.")
    ] = _LIMITS.retries,
    max_megabytes: Annotated[
        float, typer.Option("--max_megabytes", help="Larger files are refused.")
    ] = _LIMITS.max_megabytes,
    contact: Annotated[str, typer.Option(help="Your e-mail address, for the servers' owners.")] = "",
    wnid_endpoint: Annotated[
        str, typer.Option("--wnid_endpoint", help="URL of the synset service; {wnid} is the id.")
    ] = SYNSET_ENDPOINT,
    taxon_endpoint: Annotated[
        str, typer.Option("--taxon_endpoint", help="URL of iNaturalist's API, version 1.")
    ] = INATURALIST,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Fetch pictures from a list of URLs, a synset, or iNaturalist; a stopped run goes on when repeated."""
    from poetcore.cli.terminal import Terminal
    from poetcore.sources.gather import check_count
    from poetcore.sources.gather import gather as gather_pictures

    terminal = Terminal(json)
    if sum(given is not None for given in (urls, table, wnid, taxon)) != 1:
        raise OptionError("Choose the source of the pictures: one of --urls, --table, --wnid and --taxon.")
    if urls and not label:
        raise OptionError("--urls needs --label: the name of the folder for the pictures.")
    if table and label:
        raise OptionError("--label does not go with --table, which names the labels itself.")
    # Every check comes before the first request.
    check_count(count)
    check_size(size)
    allowed = parse_licences(licences)
    if label is not None:
        check_name(label, "A label")
    options = FetchOptions(
        workers=workers,
        per_host=per_host,
        interval=interval,
        connect_timeout=min(_LIMITS.connect_timeout, timeout),
        read_timeout=min(_LIMITS.read_timeout, timeout),
        total_timeout=timeout,
        max_megabytes=max_megabytes,
        retries=retries,
        contact=contact,
    )
    if taxon:
        count = count or TAXON_COUNT
        found = find_taxon(taxon, taxon_endpoint, options)
        terminal.message(f"Pictures of {found} from iNaturalist.")
        entries = observations(
            found,
            licences=allowed,
            size=size,
            every_photo=every_photo,
            endpoint=taxon_endpoint,
            options=options,
        )
        sources = [Source(label or found.name, entries, count)]
    elif wnid:
        listed = synset_urls(wnid, wnid_endpoint, options)
        sources = [_listed(label or wnid, listed, wnid, terminal)]
    else:
        files = read_table(table) if table else {label or "": urls or Path()}
        sources = [_listed(name, read_urls(file), str(file), terminal) for name, file in files.items()]
    place = Workspace(workspace)
    with place.file_index() as file_index, terminal.bars() as bars:
        gathered = gather_pictures(
            dest,
            sources,
            file_index,
            count=count,
            options=options,
            again=again,
            on_progress=bars.show,
        )
    _answer(gathered, terminal)


def _listed(label: str, listed: UrlList, name: str, terminal: "Terminal") -> Source:
    """Return the source of a list; report its bad lines, which are skipped."""
    for number, text, reason in listed.bad_lines[:_SHOWN]:
        terminal.message(f"Skipped: line {number} of {name} {reason}: {text}")
    if len(listed.bad_lines) > _SHOWN:
        terminal.message(f"Skipped: {len(listed.bad_lines) - _SHOWN} more lines of {name}.")
    if not listed.entries:
        raise OptionError(f"No URL in {name}: write one a line, http or https.")
    return Source(label, listed.entries, len(listed.entries))


def _answer(gathered: Gathered, terminal: "Terminal") -> None:
    from poetcore.cli.terminal import table

    for problem in gathered.problems:
        terminal.message(problem)
    rows = [
        [label, str(t.asked), str(t.kept), str(t.there_already), str(t.rejected)]
        for label, t in gathered.labels.items()
    ]
    reasons = [[reason, str(n)] for reason, n in list(gathered.reasons().items())[:_SHOWN]]
    terminal.answer(
        {
            "path": str(gathered.dest),
            "labels": {label: asdict(tally) for label, tally in gathered.labels.items()},
            "files": gathered.files,
            "rejected": [
                {"label": one.label, "address": one.url, "reason": one.reason} for one in gathered.rejected
            ],
            "problems": list(gathered.problems),
            "log": str(gathered.log),
            "attribution": str(gathered.attribution) if gathered.attribution else None,
        },
        table(str(gathered.dest), ["label", "asked", "kept", "there already", "rejected"], rows),
        *([table("Why not", ["reason", "URLs"], reasons)] if reasons else []),
        f"Outcome of each URL: {gathered.log}",
        *([f"Licences and authors: {gathered.attribution}"] if gathered.attribution else []),
    )
    if not gathered.files:
        most = next(iter(gathered.reasons()), "no picture was offered")
        raise DownloadError(f"No picture could be gathered; most often a URL {most}.")
