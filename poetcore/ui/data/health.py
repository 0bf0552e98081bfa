"""The health section of the overview: what is wrong with the pictures, how much of it, and which they are."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.analysis.issues import CHECKS, Check, Issue, find_issues, summary
from poetcore.curation.repair import Change, Repairs
from poetcore.data.dataset import Dataset
from poetcore.data.held_out import home_of
from poetcore.data.layout import demo_beside
from poetcore.errors import DatasetError, PoetError
from poetcore.system.figures import count
from poetcore.system.files import is_same_place
from poetcore.system.names import natural_key
from poetcore.ui.computed import computed
from poetcore.ui.data.merging import draw_merges
from poetcore.ui.data.side_by_side import side_by_side
from poetcore.ui.gallery.about import about_chosen
from poetcore.ui.gallery.lazy import Lazy
from poetcore.ui.gallery.pending import tell_pending
from poetcore.ui.gallery.pictures import Card
from poetcore.ui.gallery.repair_gallery import Repairable, repair_gallery
from poetcore.ui.labels import filter_label
from poetcore.ui.model.settings import pick_multi_label
from poetcore.ui.scans import scanned
from poetcore.ui.state import explain, progress_bar, workspace
from poetcore.ui.text import plain, short

__all__ = ["draw_health"]

#: Characters of a label above which its column is not as wide as its name.
_LONG = 20

_BADGES = {
    "error": (":material/error:", "red"),
    "warning": (":material/warning:", "orange"),
    "note": (":material/info:", "blue"),
}


def draw_health(folder: Path, demo_folder: Path | None) -> None:
    """Show what is wrong with the pictures of a folder.

    Args:
        folder: the folder of label folders.
        demo_folder: the one to compare it with; by default that which lies beside it.
    """
    dataset = scanned(folder)
    demo = _demo(folder, demo_folder or demo_beside(folder))
    issues = _issues(dataset, demo)
    if any(issue.issue == "two_labels" for issue in issues) and pick_multi_label(folder):
        issues = [issue for issue in issues if issue.issue != "two_labels"]
    compared = f", and compared with those of {plain(short(demo.folder))}" if demo else ""
    st.caption(f"{count(len(dataset.pictures))} pictures of {plain(short(folder))} were scanned{compared}.")
    if not issues:
        st.success(
            "All is well: every file is a readable picture, none occurs twice, and none looks odd.",
            icon=":material/check_circle:",
        )
        _draw_checked()
        return
    _draw_counts(summary(issues))
    _draw_issues(issues, dataset, demo)
    _draw_checked()


@st.fragment
def _draw_issues(issues: Sequence[Issue], dataset: Dataset, demo: Dataset | None) -> None:
    """Draw what one check found; another check or label draws nothing else of the page anew."""
    counts, folder = summary(issues), dataset.folder
    totals = counts.sum(axis=1).to_dict()
    name = st.pills(
        "Show",
        list(counts.index),
        default=counts.index[0],
        required=True,
        format_func=lambda name: f"{CHECKS[name].title} ({count(totals[name])})",
        key=f"health_check_{folder}",
    )
    # What was chosen may have been repaired meanwhile.
    check = CHECKS[name if name in counts.index else str(counts.index[0])]
    icon, colour = _BADGES[check.severity]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(check.title, width="content")
        st.badge(check.severity, icon=icon, color=colour)  # type: ignore[arg-type]
    st.markdown(f"{check.explanation} **{check.advice}**")
    found = [issue for issue in issues if issue.issue == check.name]
    labels = [label for label in counts.columns if label and counts.loc[check.name, label]]
    if len(labels) > 1:
        label = filter_label("Label", labels, key=f"health_label_{folder}_{check.name}")
        found = [issue for issue in found if label in (None, issue.label)]
    else:
        label = None
    _draw_pictures(check, found, dataset, demo, key=f"health_{folder}_{check.name}_{label or ''}")


def _demo(folder: Path, demo_folder: Path | None) -> Dataset | None:
    """Scan the folder to compare with; one that cannot be used counts as none."""
    # A list of pictures that are held out of this folder repeats them, and says nothing of leaks.
    if demo_folder is None or is_same_place(home_of(demo_folder), home_of(folder)):
        return None
    try:
        return scanned(demo_folder)
    except DatasetError:
        return None


def _issues(dataset: Dataset, demo: Dataset | None) -> list[Issue]:
    """Find issues, unless they are known for the same files and verified contents."""

    def find() -> list[Issue]:
        with progress_bar() as show:
            verified = Repairs(dataset.home).verified()
            return find_issues(dataset, workspace(), demo, show, verified=verified)

    return computed("health", _stamp(dataset, demo), find)


def _stamp(*sets: Dataset | None) -> tuple[object, ...]:
    """Return what health depends on: contents, their places and labels, and which are verified."""
    found: list[object] = []
    for one in sets:
        if one is not None:
            files = pd.util.hash_pandas_object(one.pictures[["path", "label", "sha"]], index=False)
            found += [int(files.sum()), tuple(one.refused["path"]), frozenset(Repairs(one.home).verified())]
            found += [one.labels, one.empty, one.loose, one.hidden]
    return tuple(found)


def _draw_counts(counts: pd.DataFrame) -> None:
    """Show how many pictures of which label each check found."""
    # A label may be called like one of the columns, and what lies beside the label folders has none.
    own = {"severity", "check", "pictures"}
    labels = sorted((str(label) for label in counts.columns), key=natural_key)
    table = counts[labels]
    table = table.rename(columns=lambda label: f"{label} (label)" if label in own else label or "no label")
    table.insert(0, "pictures", counts.sum(axis=1))
    table.insert(0, "check", [CHECKS[name].title for name in counts.index])
    table.insert(0, "severity", [CHECKS[name].severity for name in counts.index])
    names = [str(name) for name in table]
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            "severity": st.column_config.TextColumn(
                width="small",
                help="error: wrong, exclude it or repair it. warning: spoils the training or the evaluation."
                " note: worth a look.",
            ),
            "check": st.column_config.TextColumn(width="medium"),
            # A long name would leave no room for the other labels.
            **{name: st.column_config.NumberColumn(width="small") for name in names if len(name) > _LONG},
        },
    )


def _draw_pictures(
    check: Check, issues: Sequence[Issue], dataset: Dataset, demo: Dataset | None, key: str
) -> None:
    if check.name == "similar_labels":
        draw_merges(issues, dataset)
        return
    if not any(issue.sha for issue in issues):  # nothing that could be shown
        table = pd.DataFrame(
            [(short(issue.path), issue.detail) for issue in issues], columns=["file", "what"]
        )
        st.dataframe(table, hide_index=True, width="stretch")
        if check.name == "unreadable" and not dataset.read_only:
            _draw_set_aside(issues, dataset)
        return
    if check.side_by_side:
        items = side_by_side(issues, check, dataset, demo)
        repair_gallery(dataset.folder, items, dataset.labels, key, about_chosen())
        return
    repair_gallery(dataset.folder, Lazy(issues, _item), dataset.labels, key, about_chosen())


def _item(issue: Issue) -> Repairable:
    card = Card(issue.sha, Path(issue.path).name, (issue.label, issue.detail))
    return Repairable(card, issue.path, issue.label, CHECKS[issue.issue].title.lower())


def _draw_set_aside(issues: Sequence[Issue], dataset: Dataset) -> None:
    """Draw the button that sets files aside of which there is no picture to select."""
    repairs = Repairs(dataset.home)
    pending = {str(one.change.path) for one in repairs.pending()}
    files = [issue for issue in issues if issue.label and issue.path not in pending]
    words = "this file" if len(files) == 1 else f"these {len(files):,} files"
    if not files or not st.button(f"Set {words} aside", icon=":material/archive:", key="set_aside"):
        return
    try:
        changes = [Change(Path(one.path), "quarantine", one.sha, one.detail) for one in files]
        added = repairs.propose(changes)
    except PoetError as error:
        explain(error)
        return
    tell_pending(repairs.folder, added)
    st.rerun()


def _draw_checked() -> None:
    with st.expander("What is checked", icon=":material/checklist:"):
        st.markdown("\n".join(f"- **{check.title}** · {check.explanation}" for check in CHECKS.values()))
        st.caption(
            "Photos that lie on their side are turned upright wherever Poet looks at them, so they are not"
            " listed. Pictures are measured once; the next time only new ones are."
        )
