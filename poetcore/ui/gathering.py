"""Gather pictures on the page: of a species on iNaturalist, or from a list of addresses."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError
from poetcore.sources.gather import gather
from poetcore.sources.gathered import Gathered, GatherProgress, Source
from poetcore.sources.inaturalist import INATURALIST, PHOTO_SIZES, find_taxon, observations
from poetcore.sources.urls import UrlList, parse_urls
from poetcore.system.files import walk
from poetcore.system.names import check_name, is_hidden
from poetcore.system.progress import Progress
from poetcore.ui.pictures import Card, gallery, shas
from poetcore.ui.state import choose, explain, workspace

__all__ = ["draw_gather"]

_TAXON, _LIST = "iNaturalist", "List of addresses"

#: What the button waits for.
_MISSING = {
    _TAXON: "It takes a dataset and a species.",
    _LIST: "It takes a dataset, a label and addresses.",
}

#: Seconds between two changes of the progress bar.
_BAR_SECONDS = 0.25


@dataclass(frozen=True)
class _Order:
    """What is to be gathered; `source` asks for the addresses when it is called."""

    source: Callable[[], Source]
    count: int | None = None


def draw_gather(taxon_endpoint: str = INATURALIST) -> None:
    """Ask for dataset, label and source, gather, and show what came of it."""
    st.markdown(
        "Fetches the pictures of one label at a time into a dataset of this workspace. Web pages, damaged"
        " files, duplicates and *photo no longer available* pictures are left out."
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
    order = _ask_taxon(taxon_endpoint) if kind == _TAXON else _ask_list()
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button(
            "Gather",
            type="primary",
            icon=":material/download:",
            key="gather_go",
            disabled=not (name and order),
        )
        place = st.empty()
        if not (name and order):
            st.caption(_MISSING[kind])
    if go and name and order:
        # A click on it ends this run of the script, and with it the gathering; so does leaving the page.
        place.button(
            "Stop", icon=":material/stop_circle:", key="gather_stop", on_click=_note_stop, args=(name,)
        )
        try:
            _gather(name, order)
        except PoetError as error:
            explain(error)
        place.empty()
    if stopped := st.session_state.get("gather_stopped"):
        kept = workspace().datasets / stopped
        st.info(f"Stopped. What had come is kept in {kept}; *Gather* goes on from there.")
    gathered = st.session_state.get("gathered")
    if isinstance(gathered, Gathered):
        _draw_result(gathered)


def _ask_dataset() -> str | None:
    datasets = workspace().datasets
    known = [path.name for path in datasets.iterdir() if path.is_dir()] if datasets.is_dir() else []
    return st.selectbox(
        "Dataset",
        sorted(name for name in known if not is_hidden(name)),
        index=None,
        key="gather_dataset",
        accept_new_options=True,
        placeholder="Choose one, or type a new name",
        help=f"A folder in {datasets}.",
        persist_state="session",
    )


def _ask_taxon(endpoint: str) -> _Order | None:
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
        format_func=lambda size: {"medium": "500 pixels", "large": "1,024 pixels"}[size],
        help="500 pixels are more than any of the networks here sees.",
        persist_state="session",
    )
    st.caption(
        "Research-grade observations, one photo of each, under licences that let it be used again and"
        " changed. Each photo's licence and author are written to ATTRIBUTION.csv in the dataset."
    )

    def source() -> Source:
        found = find_taxon(taxon, endpoint)
        wanted = observations(found, size=size, endpoint=endpoint)
        return Source(label.strip() or found.name, wanted, int(count))

    return _Order(source, int(count)) if taxon.strip() else None


def _ask_list() -> _Order | None:
    label = st.text_input("Label", key="gather_label", placeholder="daisy", persist_state="session").strip()
    pasted = st.text_area(
        "Addresses, one a line",
        key="gather_addresses",
        height=160,
        placeholder="https://example.org/daisy.jpg",
        persist_state="session",
    )
    file = st.file_uploader(
        "Or a text file of addresses", type=["txt", "csv", "tsv"], max_upload_size=20, key="gather_file"
    )
    content = file.getvalue().decode("utf-8-sig", "backslashreplace") if file else ""
    listed = parse_urls([*pasted.splitlines(), *content.splitlines()])
    if listed.wanted:
        st.caption(f"{len(listed.wanted):,} different addresses.")
    _draw_bad_lines(listed)
    if not label or not listed.wanted:
        return None
    return _Order(lambda: Source(label, listed.wanted, len(listed.wanted)))


def _draw_bad_lines(listed: UrlList) -> None:
    if listed.bad_lines:
        lines = "1 line is" if len(listed.bad_lines) == 1 else f"{len(listed.bad_lines)} lines are"
        with st.expander(f"{lines} no address", icon=":material/warning:"):
            table = pd.DataFrame(listed.bad_lines, columns=["line", "says", "but it"])
            st.dataframe(table, hide_index=True, width="stretch")


def _note_stop(name: str) -> None:
    st.session_state["gather_stopped"] = name


def _gather(name: str, order: _Order) -> None:
    check_name(name, "A dataset")
    for key in ("gathered", "gather_stopped"):
        st.session_state.pop(key, None)
    bar = st.progress(0.0, "Asking for the addresses")
    began = told = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal told
        if isinstance(progress, GatherProgress) and time.monotonic() - told >= _BAR_SECONDS:
            told = time.monotonic()
            bar.progress(progress.share, _words(progress, told - began))

    try:
        with closing(workspace().file_index()) as file_index:
            st.session_state["gathered"] = gather(
                workspace().datasets / name,
                [order.source()],
                file_index,
                count=order.count,
                on_progress=show,
            )
    finally:
        bar.empty()


def _words(now: GatherProgress, seconds: float) -> str:
    words = f"{now.kept:,} pictures, {now.rejected:,} left out"
    if now.total and now.done >= 10:
        left = seconds / now.done * (now.total - now.done)
        words += f" · about {left:.0f} s left" if left < 90 else f" · about {left / 60:.0f} min left"
    return words


def _draw_result(gathered: Gathered) -> None:
    """Show how many came, what they look like, and why others did not."""
    for problem in gathered.problems:
        st.warning(problem, icon=":material/warning:")
    for label, tally in gathered.labels.items():
        st.subheader(f"{label} in {gathered.dest.name}")
        figures = st.columns(3)
        figures[0].metric("New pictures", f"{tally.kept:,}", border=True)
        figures[1].metric("There already", f"{tally.there_already:,}", border=True)
        figures[2].metric("Left out", f"{tally.rejected:,}", border=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Work with this dataset", icon=":material/check:", key="gather_use"):
            choose(dataset=str(gathered.dest))
            st.rerun()
        st.caption(f"What became of each address: {gathered.log}")
    if gathered.rejected:
        with st.expander("Why pictures were left out", expanded=not gathered.files):
            rows = [(reason, number) for reason, number in gathered.reasons().items()]
            st.dataframe(
                pd.DataFrame(rows, columns=["an address", "times"]), hide_index=True, width="stretch"
            )
            each = pd.DataFrame([(one.address, one.reason) for one in gathered.rejected])
            each.columns = ["address", "reason"]
            st.dataframe(
                each,
                hide_index=True,
                width="stretch",
                column_config={"address": st.column_config.LinkColumn()},
            )
    for label in gathered.labels:
        folder = gathered.dest / label
        paths = [entry.path for entry in walk(folder)] if folder.is_dir() else []
        gallery(
            [Card(sha, Path(path).name) for sha, path in zip(shas(tuple(paths)), paths, strict=True) if sha],
            key=f"gathered_{folder}",
        )
