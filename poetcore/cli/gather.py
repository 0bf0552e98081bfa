"""The command that fetches pictures from lists of URLs, synsets and iNaturalist."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.archives import BOXES_ENDPOINT, ORIGINALS_ENDPOINT
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.gathered import Gathered
from poetcore.sources.imagenet import SYNSET_ENDPOINT, is_wnid
from poetcore.sources.inaturalist import INATURALIST, LICENCES, PHOTO_SIZES, check_size, parse_licences
from poetcore.sources.opening import Endpoints, open_sources, pair_labels
from poetcore.sources.origin import Origin
from poetcore.sources.urls import read_table
from poetcore.system.names import check_name
from poetcore.system.wording import counted
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.cli.terminal import Terminal

__all__ = ["gather"]

#: Reasons that are shown; the log has all.
_SHOWN = 10

#: A taxon may have a hundred thousand pictures; a classifier needs some hundreds.
TAXON_COUNT = 200

_LIMITS = FetchOptions()


def gather(
    dest: Annotated[Path, typer.Argument(help="Folder for the label folders; made where it is missing.")],
    label: Annotated[
        list[str] | None,
        typer.Option(
            help="The label that the pictures are for; of several sources one each, or one for all."
        ),
    ] = None,
    urls: Annotated[list[Path] | None, typer.Option(help="A text file of URLs, one a line.")] = None,
    table: Annotated[
        list[Path] | None, typer.Option(help="A CSV file of rows `label,file of URLs`, for many labels.")
    ] = None,
    wnid: Annotated[
        list[str] | None, typer.Option(help="A WordNet id of ImageNet, such as n12997654; also several.")
    ] = None,
    taxon: Annotated[
        list[str] | None,
        typer.Option(help="A species, genus, ... on iNaturalist, scientific or common name; also several."),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(help=f"Pictures of each label; {TAXON_COUNT} of a taxon by default, else all."),
    ] = None,
    size: Annotated[
        str, typer.Option(help=f"Of a taxon's pictures: {', '.join(PHOTO_SIZES)}; medium has 500 pixels.")
    ] = "medium",
    original: Annotated[
        bool,
        typer.Option(
            "--original",
            help="Pictures as they were published: of a synset the archive, of a taxon the size.",
        ),
    ] = False,
    bounding_boxes: Annotated[
        bool,
        typer.Option(
            "--bounding_boxes", help="Crop a synset's pictures to their object, where the archive has boxes."
        ),
    ] = False,
    licences: Annotated[
        str, typer.Option(help="Of a taxon's pictures, with commas; or `any`, all rights reserved included.")
    ] = ",".join(LICENCES),
    every_photo: Annotated[
        bool, typer.Option("--every_photo", help="All photos of each observation, not only the first.")
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Request dead links again, before their time. Without a source, refresh what was gathered"
            " into DEST: new pictures from where those came from; nothing is deleted.",
        ),
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
    allow_private: Annotated[
        str,
        typer.Option(
            "--allow_private",
            help="Hosts, addresses or networks to ask though they are not on the internet, with commas, such"
            " as 10.0.0.0/8; or `all`.",
        ),
    ] = "",
    wnid_endpoint: Annotated[
        str, typer.Option("--wnid_endpoint", help="URL of the synset service; {wnid} is the id.")
    ] = SYNSET_ENDPOINT,
    original_endpoint: Annotated[
        str, typer.Option("--original_endpoint", help="URL of a synset's archive of pictures.")
    ] = ORIGINALS_ENDPOINT,
    boxes_endpoint: Annotated[
        str, typer.Option("--boxes_endpoint", help="URL of the archive of bounding boxes.")
    ] = BOXES_ENDPOINT,
    taxon_endpoint: Annotated[
        str, typer.Option("--taxon_endpoint", help="URL of iNaturalist's API, version 1.")
    ] = INATURALIST,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Fetch pictures from lists of URLs, synsets, or iNaturalist; a stopped run goes on when repeated."""
    from poetcore.cli.refreshing import next_commands
    from poetcore.cli.terminal import Terminal
    from poetcore.sources.gather import check_count
    from poetcore.sources.gather import gather as gather_pictures
    from poetcore.sources.refresh import sources_of_log

    terminal, labels = Terminal(json), label or []
    # Every check comes before the first request.
    refresh = again and not (urls or table or wnid or taxon)
    if not refresh and sum(map(bool, (urls, table, wnid, taxon))) != 1:
        raise OptionError(
            "Choose the source of the pictures: one of --urls, --table, --wnid and --taxon; or --again, for"
            " where those in DEST came from."
        )
    if urls and not labels:
        raise OptionError("--urls needs --label: the name of the folder for the pictures.")
    if table and labels:
        raise OptionError("--label does not go with --table, which names the labels itself.")
    if original and not (wnid or taxon):
        raise OptionError("--original goes with --wnid or --taxon: a list of URLs leads to one size only.")
    if bounding_boxes and not wnid:
        raise OptionError("--bounding_boxes goes with --wnid: only ImageNet's archive has boxes.")
    if wnid and is_wnid(dest.name) and not dest.exists():
        raise OptionError(
            f"{dest.name} is a WordNet id where the folder for the pictures belongs: name that first, as in"
            " `gather my_photos --wnid A B`."
        )
    check_count(count)
    check_size(size)
    parse_licences(licences)
    for name in labels:
        check_name(name, "A label")
    endpoints = Endpoints(wnid_endpoint, original_endpoint, boxes_endpoint, taxon_endpoint)
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
        allow_private=allow_private,
    )
    if refresh:
        sources = sources_of_log(dest, labels, count, endpoints, options, terminal.message)
    else:
        count = count or (TAXON_COUNT if taxon else None)
        size = "original" if original else size
        any_licence = parse_licences(licences) is None
        origins = [
            *(
                Origin("taxon", t, count, size, "" if any_licence else licences, every_photo)
                for t in taxon or ()
            ),
            *(Origin("wnid", w, count, original=original, bounding_boxes=bounding_boxes) for w in wnid or ()),
            *(Origin("urls", os.path.abspath(file), count) for file in urls or ()),
        ]
        wanted = _in_tables(table, count) if table else pair_labels(labels, origins)
        sources = open_sources(wanted, endpoints, options, terminal.message)
    place = Workspace(workspace)
    with place.file_index() as file_index, terminal.bars() as bars:
        gathered = gather_pictures(
            dest,
            sources,
            file_index,
            count=count,
            options=options,
            again=again,
            refresh=refresh,
            on_progress=bars.show,
        )
    _answer(gathered, terminal, next_commands(dest, place) if refresh else None)


def _in_tables(tables: list[Path], count: int | None) -> list[tuple[str, Origin]]:
    """Return the labels of tables, each with its file of URLs."""
    return [
        (name, Origin("urls", os.path.abspath(file), count))
        for table in tables
        for name, file in read_table(table).items()
    ]


def _answer(gathered: Gathered, terminal: "Terminal", then: list[str] | None) -> None:
    """Print what was gathered, and after a refresh the commands that come next."""
    from poetcore.cli.terminal import table

    for problem in gathered.problems:
        terminal.message(problem)
    rows = [
        [label, str(t.asked), str(t.kept), str(t.there_already), str(t.rejected)]
        for label, t in gathered.labels.items()
    ]
    reasons = [[reason, str(n)] for reason, n in list(gathered.reasons().items())[:_SHOWN]]
    new = sum(tally.kept for tally in gathered.labels.values())
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
            **({} if then is None else {"next": then}),
        },
        table(str(gathered.dest), ["label", "asked", "kept", "there already", "rejected"], rows),
        *([table("Why not", ["reason", "URLs"], reasons)] if reasons else []),
        f"Outcome of each URL: {gathered.log}",
        *([f"Licences and authors: {gathered.attribution}"] if gathered.attribution else []),
        *(_advice(new, then, whole=not gathered.problems) if then is not None else []),
    )
    if not gathered.files:
        most = next(iter(gathered.reasons()), "")
        raise DownloadError(
            f"No picture could be gathered; most often a URL {most}."
            if most
            else "No picture could be gathered: the source offered none."
        )


def _advice(new: int, then: list[str], *, whole: bool) -> list[str]:
    """Return what follows from a refresh; `whole` where every source answered."""
    if not new:
        return [
            "No new picture" + (": the set is as it was." if whole else " from the sources that answered.")
        ]
    if not then:
        return [f"{counted(new, 'new picture')}. No run was trained on this set yet."]
    return [
        f"{counted(new, 'new picture')}. To see what they bring, train anew and evaluate the old and the new"
        " model on the same demo pictures:",
        *(f"  {command}" for command in then),
    ]
