"""Gather pictures on the page: of a species on iNaturalist, or from a list of URLs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError
from poetcore.sources.gather import gather
from poetcore.sources.gathered import Gathered, GatherProgress
from poetcore.sources.inaturalist import INATURALIST, LICENCES, PHOTO_SIZES, find_taxon, observations
from poetcore.sources.origin import Origin
from poetcore.sources.urls import Source, UrlList, parse_urls
from poetcore.system.figures import duration
from poetcore.system.file_kinds import is_hidden
from poetcore.system.files import walk
from poetcore.system.names import check_name, natural_key
from poetcore.system.progress import Progress
from poetcore.ui.gallery.pictures import Card, gallery, shas
from poetcore.ui.glossary import term
from poetcore.ui.state import choose, explain, workspace
from poetcore.ui.text import plain

__all__ = ["draw_gather"]

_TAXON, _LIST = "iNaturalist", "List of URLs"

#: What must be chosen before the button works.
_MISSING = {
    _TAXON: "Choose a dataset and a species.",
    _LIST: "Choose a dataset, a label and URLs.",
}

#: Seconds between two changes of the progress bar.
_BAR_SECONDS = 0.25


@dataclass(frozen=True)
class _Request:
    """What to gather.

    Attributes:
        source: returns where the pictures come from; may send requests.
        count: how many pictures; None for all.
    """

    source: Callable[[], Source]
    count: int | None = None


def draw_gather(taxon_endpoint: str = INATURALIST) -> None:
    """Draw the form for dataset, label and source, gather when its button is clicked, show the result.

    Args:
        taxon_endpoint: the URL of iNaturalist's API.
    """
    st.markdown(
        "Fetches the pictures of one label at a time into a dataset of this workspace. Web pages, damaged"
        " files, duplicates and *photo no longer available* pictures are rejected."
    )
    kind = st.segmented_control(
        "Where from",
        [_TAXON, _LIST],
        default=_TAXON,
        required=True,
        key="gather_kind",
        persist_state="session",
    )
    name = _ask_dataset()
    request = _ask_taxon(taxon_endpoint) if kind == _TAXON else _ask_list()
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button(
            "Gather",
            type="primary",
            icon=":material/download:",
            key="gather_go",
            disabled=not (name and request),
        )
        place = st.empty()
        if not (name and request):
            st.caption(_MISSING[kind])
    if go and name and request:
        # A click on it ends this run of the script, and with it the gathering; so does leaving the page.
        place.button(
            "Stop", icon=":material/stop_circle:", key="gather_stop", on_click=_note_stop, args=(name,)
        )
        try:
            _gather(name, request)
        except PoetError as error:
            explain(error)
        place.empty()
    if stopped := st.session_state.get("gather_stopped"):
        kept = workspace().datasets / stopped
        st.info(f"Stopped. The pictures gathered so far are in {plain(kept)}; *Gather* goes on from there.")
    gathered = st.session_state.get("gathered")
    if isinstance(gathered, Gathered):
        _draw_result(gathered)


def _ask_dataset() -> str | None:
    datasets = workspace().datasets
    known = [path.name for path in datasets.iterdir() if path.is_dir()] if datasets.is_dir() else []
    return st.selectbox(
        "Dataset",
        sorted((name for name in known if not is_hidden(name)), key=natural_key),
        index=None,
        key="gather_dataset",
        accept_new_options=True,
        placeholder="Choose one, or type a new name",
        help=f"A folder in {plain(datasets)}.",
        persist_state="session",
    )


def _ask_taxon(endpoint: str) -> _Request | None:
    left, middle, right = st.columns([2, 2, 1])
    taxon = left.text_input(
        "Species, genus or family",
        key="gather_taxon",
        placeholder="Amanita muscaria",
        help="The scientific or the common name.",
        persist_state="session",
    )
    label = middle.text_input(
        "Label", key="gather_taxon_label", placeholder="the scientific name", persist_state="session"
    )
    count = right.number_input("Pictures", 1, 10_000, 200, key="gather_count", persist_state="session")
    size = st.segmented_control(
        "Longest side",
        PHOTO_SIZES,
        default=PHOTO_SIZES[0],
        required=True,
        key="gather_size",
        format_func={"medium": "500 pixels", "large": "1,024", "original": "2,048"}.__getitem__,
        help="500 pixels are more than any of the networks here sees.",
        persist_state="session",
    )
    st.caption(
        "Research-grade observations, one photo of each, under licences that permit to use it again and"
        " change it. Each photo's licence and author are written to ATTRIBUTION.csv in the dataset."
    )

    def source() -> Source:
        found = find_taxon(taxon, endpoint)
        entries = observations(found, size=size, endpoint=endpoint)
        origin = Origin("taxon", taxon.strip(), int(count), size, ",".join(LICENCES))
        return Source(label.strip() or found.name, entries, int(count), (origin,))

    return _Request(source, int(count)) if taxon.strip() else None


def _ask_list() -> _Request | None:
    label = st.text_input(
        "Label",
        key="gather_label",
        placeholder="daisy",
        help=term("misc label"),
        persist_state="session",
    ).strip()
    pasted = st.text_area(
        "URLs, one a line",
        key="gather_urls",
        height=160,
        placeholder="https://example.org/daisy.jpg",
        persist_state="session",
    )
    file = st.file_uploader("Or a text file of URLs", max_upload_size=20, key="gather_file")
    content = file.getvalue().decode("utf-8-sig", "backslashreplace") if file else ""
    listed = parse_urls([*pasted.splitlines(), *content.splitlines()])
    if listed.entries:
        st.caption(f"{len(listed.entries):,} different URLs.")
    _draw_bad_lines(listed)
    if not label or not listed.entries:
        return None
    return _Request(lambda: Source(label, listed.entries, len(listed.entries)))


def _draw_bad_lines(listed: UrlList) -> None:
    if listed.bad_lines:
        lines = "1 line is" if len(listed.bad_lines) == 1 else f"{len(listed.bad_lines)} lines are"
        with st.expander(f"{lines} no URL", icon=":material/warning:"):
            table = pd.DataFrame(listed.bad_lines, columns=["line", "text", "reason"])
            st.dataframe(table, hide_index=True, width="stretch")


def _note_stop(name: str) -> None:
    st.session_state["gather_stopped"] = name


def _gather(name: str, request: _Request) -> None:
    check_name(name, "A dataset")
    for key in ("gathered", "gather_stopped"):
        st.session_state.pop(key, None)
    bar = st.progress(0.0, "Requesting the list of URLs")
    began = shown = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal shown
        if isinstance(progress, GatherProgress) and time.monotonic() - shown >= _BAR_SECONDS:
            shown = time.monotonic()
            bar.progress(progress.share, _words(progress, shown - began))

    try:
        with workspace().file_index() as file_index:
            st.session_state["gathered"] = gather(
                workspace().datasets / name,
                [request.source()],
                file_index,
                count=request.count,
                on_progress=show,
            )
    finally:
        bar.empty()


def _words(now: GatherProgress, seconds: float) -> str:
    words = f"{now.kept:,} pictures, {now.rejected:,} rejected"
    if now.total and now.done >= 10:
        left = seconds / now.done * (now.total - now.done)
        words += f" · about {duration(left, whole=True)} left"
    return words


def _draw_result(gathered: Gathered) -> None:
    """Show how many pictures are new, the pictures, and why URLs were rejected."""
    for problem in gathered.problems:
        st.warning(plain(problem), icon=":material/warning:")
    for label, tally in gathered.labels.items():
        st.header(f"{plain(label)} in {plain(gathered.dest.name)}")
        figures = st.columns(3)
        figures[0].metric("New pictures", f"{tally.kept:,}", border=True)
        figures[1].metric("There already", f"{tally.there_already:,}", border=True)
        figures[2].metric("Rejected", f"{tally.rejected:,}", border=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Work with this dataset", icon=":material/check:", key="gather_use"):
            choose(dataset=str(gathered.dest))
            st.rerun()
        st.caption(f"Outcome of each URL: {plain(gathered.log)}")
    if gathered.rejected:
        with st.expander("Why URLs were rejected", expanded=not gathered.files):
            rows = [(reason, number) for reason, number in gathered.reasons().items()]
            st.dataframe(pd.DataFrame(rows, columns=["reason", "URLs"]), hide_index=True, width="stretch")
            each = pd.DataFrame([(one.url, one.reason) for one in gathered.rejected])
            each.columns = ["URL", "reason"]
            st.dataframe(
                each,
                hide_index=True,
                width="stretch",
                column_config={"URL": st.column_config.LinkColumn()},
            )
    for label in gathered.labels:
        folder = gathered.dest / label
        paths = [entry.path for entry in walk(folder)] if folder.is_dir() else []
        gallery(
            [
                Card(sha, Path(path).name, path=path, true=label)
                for sha, path in zip(shas(tuple(paths)), paths, strict=True)
                if sha
            ],
            key=f"gathered_{folder}",
        )
