"""The prepare page's parts: the options, the preview, and copying the pictures."""

from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.analysis.issues import CHECKS, Issue
from poetcore.curation.prepare import Plan, plan
from poetcore.curation.prepared import Outcome, check_apart, execute, existing_split, scan_source
from poetcore.curation.repair import Repairs
from poetcore.curation.selection import DEFAULT_EXCLUDED, EXCLUDABLE, MANDATORY, SplitOptions
from poetcore.data.dataset import Dataset
from poetcore.data.layout import LevelError
from poetcore.errors import PoetError
from poetcore.ui.choice import chosen
from poetcore.ui.computed import Same, computed
from poetcore.ui.data.bring import draw_ways_in
from poetcore.ui.data.planned_pictures import draw_planned_pictures
from poetcore.ui.data.prepare_fields import keep_source, pick_folder, pick_source
from poetcore.ui.scans import forget_scans, on_disk
from poetcore.ui.state import choose, explain, offer_level, progress_bar, workspace
from poetcore.ui.text import few, in_sentence, plain, short

__all__ = ["draw_prepare", "usual_numbers"]

#: Pixels of a field for a number, and of a figure's box: two of the latter stand side by side on a phone.
_NUMBER, _FIGURE = 230, 110

_ORDERS = {
    "random": "At random",
    "size": "Largest files first",
    "name": "By name",
}


def draw_prepare() -> None:
    """Draw everything: choose a source and numbers, look at the preview, then copy the pictures."""
    source = pick_source()
    if source is None:
        st.info("No pictures yet: bring some first.")
        draw_ways_in()
        return
    folder = pick_folder(source)
    if folder is None:
        return
    try:
        check_apart(source, folder)
        dataset, issues = _scanned_source(source)
        usual = usual_numbers(dataset)
        options = _pick_options(source, usual)
        existing = existing_split(folder, workspace())
        planned = computed(
            "preparation",
            (Same(dataset), options, existing),
            lambda: plan(dataset, issues, options, existing),
        )
    except LevelError as error:
        offer_level(error.level, "dataset" if source == chosen().dataset else "prepare_source")
        return
    except PoetError as error:
        explain(error)
        return
    _draw_preview(planned, dataset, (options.train_per_label, options.demo_per_label) != usual)
    _draw_button(planned, folder)
    made = st.session_state.get("prepare_made")
    if made and made.manifest.parent == folder:
        _draw_made(made)


def usual_numbers(dataset: Dataset) -> tuple[int, int]:
    """Return the numbers of training and demo pictures to begin with: all there is, 80 to 20, up to 200 + 50.

    Args:
        dataset: of its labels that with the most pictures counts; the others are divided alike.
    """
    there = min(
        max(dataset.counts().values(), default=0), SplitOptions.train_per_label + SplitOptions.demo_per_label
    )
    demo = round(there / 5)
    return max(there - demo, 1), demo


def _pick_options(source: Path, usual: tuple[int, int]) -> SplitOptions:
    """Draw the numbers and what is excluded; each source has its own numbers."""
    numbers = st.container(horizontal=True)
    step = 10 if min(usual) >= 10 else 1
    train = numbers.number_input(
        "Training pictures per label",
        1,
        value=usual[0],
        step=step,
        key=f"prepare_train_{source}",
        width=_NUMBER,
        persist_state="session",
    )
    demo = numbers.number_input(
        "Demo pictures per label",
        0,
        value=usual[1],
        step=step,
        key=f"prepare_demo_{source}",
        width=_NUMBER,
        persist_state="session",
    )
    order = numbers.segmented_control(
        "Which first",
        list(_ORDERS),
        default="random",
        required=True,
        format_func=_ORDERS.__getitem__,
        key="prepare_order",
        persist_state="session",
        help="Largest files first is the tutorial's rule: what is small is often broken. By name, the first"
        " pictures of each label go to training and the last ones to demo.",
    )
    seed = 0
    with st.expander("What is excluded", icon=":material/filter_alt:"):
        offered = [name for name in EXCLUDABLE if name not in MANDATORY]
        exclude = st.multiselect(
            "Exclude",
            offered,
            default=[name for name in offered if name in DEFAULT_EXCLUDED],
            format_func=lambda name: CHECKS[name].title,
            key="prepare_exclude",
            persist_state="session",
        )
        always = [CHECKS[name].title.lower() for name in EXCLUDABLE if name in MANDATORY]
        st.caption(
            f"Always excluded: {', '.join(always)}. Near duplicates are kept together in one part, so that"
            " no demo picture was nearly seen in training; exclude them to keep only one of each."
        )
        st.table(
            pd.DataFrame(
                [(CHECKS[name].title, CHECKS[name].explanation) for name in EXCLUDABLE],
                columns=["check", "finds"],
            ).set_index("check"),
            border="horizontal",
        )
        seed = st.number_input(
            "Seed",
            min_value=0,
            value=0,
            key="prepare_seed",
            persist_state="session",
            disabled=order == "name",
            help="Another seed draws other pictures; by name nothing is drawn.",
        )
    return SplitOptions(int(train), int(demo), order or "random", int(seed), frozenset(exclude))


def _stamp(source: Path) -> tuple[object, ...]:
    """Return what is another where the source is, or which of its labels are verified."""
    return (source, on_disk(source), Repairs(source).verified())


def _scanned_source(source: Path) -> tuple[Dataset, list[Issue]]:
    """Scan the source, with a bar, unless nothing has changed in it."""

    def scan() -> tuple[Dataset, list[Issue]]:
        with progress_bar() as show:
            return scan_source(source, workspace(), show)

    return computed("prepared source", _stamp(source), scan)


def _draw_preview(planned: Plan, dataset: Dataset, wanted: bool) -> None:
    """Show what the button would do.

    Args:
        planned: what it is.
        dataset: the source.
        wanted: whether the numbers were typed: then that a label has fewer is a warning, else how it is.
    """
    st.header("Preview")
    st.caption(f"What the button below would do with {plain(dataset.folder)}; nothing is written before.")
    train, demo = planned.counts("train"), planned.counts("demo")
    rejected, unused = planned.counts("rejected"), planned.counts("unused")
    figures = st.grid(4, min_column_width=_FIGURE)
    for name, value in zip(
        ("Training", "Demo", "Excluded", "Unused"),
        (train, demo, rejected, unused),
        strict=True,
    ):
        figures.metric(name, f"{sum(value.values()):,}", border=True)
    if planned.shortfalls and not wanted:
        st.caption("Labels with fewer pictures give what they have, divided in the same proportion.")
    elif planned.shortfalls:
        listed = plain(few([f"{in_sentence(s.label)} ({s.train + s.demo})" for s in planned.shortfalls]))
        st.warning(
            f"Too few clean pictures, and how many are missing: {listed}. What there is, is divided in the"
            " proportion asked for, so that each label can be evaluated.",
            icon=":material/warning:",
        )
    missing = {s.label: s.train + s.demo for s in planned.shortfalls} if wanted else {}
    st.dataframe(
        pd.DataFrame(
            {
                "label": planned.labels,
                "training": [train[label] for label in planned.labels],
                "demo": [demo[label] for label in planned.labels],
                **({"missing": [missing.get(label, 0) for label in planned.labels]} if missing else {}),
                "excluded": [rejected[label] for label in planned.labels],
                "unused": [unused[label] for label in planned.labels],
            }
        ),
        hide_index=True,
        width="stretch",
    )
    draw_planned_pictures(planned)


def _draw_button(planned: Plan, folder: Path) -> None:
    todo = len(planned.chosen()) - len(planned.present)
    nothing = bool(planned.present) and not todo and not planned.removals
    sentences = [f"Goes to **{plain(short(folder))}**: {todo:,} pictures to put there."]
    if nothing:
        sentences = [
            f"All {len(planned.present):,} pictures are in **{plain(short(folder))}** already: nothing"
            " is left to be done. Another name begins a new set."
        ]
    elif planned.present:
        sentences.append(
            f"{len(planned.present):,} are there already and stay; another name begins a new set."
        )
    if planned.removals:
        sentences.append(f"{len(planned.removals):,} that are no longer wanted are removed.")
    if planned.left:
        sentences.append(f"{len(planned.left):,} stay although the source has them no more.")
    st.markdown(" ".join(sentences))
    link = st.checkbox(
        "Save space: link instead of copying",
        help="Source and set share the files: deleting one keeps the other, editing changes both.",
    )
    if not st.button(
        "Split into training and demo pictures",
        type="secondary" if nothing else "primary",
        icon=":material/content_copy:",
        disabled=planned.chosen().empty,
    ):
        return
    try:
        with progress_bar() as show:
            done = execute(planned, folder, link=link, on_progress=show)
    except PoetError as error:
        explain(error)
        return
    forget_scans()
    st.session_state["prepare_made"] = done
    keep_source(folder / "train")
    choose(dataset=str(folder / "train"))
    if (folder / "demo").is_dir():
        choose(demo=str(folder / "demo"))
    st.rerun()


def _draw_made(done: Outcome) -> None:
    put = done.copied + done.linked
    kept = f", {done.kept:,} were there already" if done.kept else ""
    st.success(
        f"{plain(short(done.manifest.parent))} is ready and chosen: {put:,} pictures were put there now"
        f"{kept}. The list of all is {done.manifest.name} in it.",
        icon=":material/check_circle:",
    )
    if done.not_linked:
        st.warning(f"They were copied, because the system refused to link them: {done.not_linked}.")
    if done.failed:
        st.warning(
            f"{len(done.failed)} could not be copied, the first because it {plain(done.failed[0][1])}: split"
            " again to take others for them."
        )
    with st.container(horizontal=True):
        st.page_link("train.py", label="Train on it", icon=":material/model_training:")
        st.page_link("overview.py", label="Look at it", icon=":material/photo_library:")
