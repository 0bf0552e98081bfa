"""The form for groups of labels and costs: rows that are added and removed, saved together."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.label_groups.recall import set_label_groups
from poetcore.system.names import natural_key
from poetcore.ui.glossary import term
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import plain
from poetcore.workspace.label_groups import MOST_COST, OTHER_COST, Cost, LabelGroups
from poetcore.workspace.not_offered import NOT_OFFERED
from poetcore.workspace.run import Run

__all__ = ["draw_form"]

#: When a group is predicted, as the form calls it.
USUAL, RECALL, THRESHOLD = "by the most probable label", "for a wanted recall", "from a threshold on"

#: What the first is called where a picture may have several labels.
SEVERAL = "by the predicted labels"

#: What stands in the fields of a group that has neither, in percent.
_RECALL, _THRESHOLD = 95.0, 50.0


class _Draft:
    """What stands in the form and is not saved yet: rows by number, their fields in the session.

    Args:
        run: whose groups they are.
        groups: what is saved; the form begins with it.
    """

    def __init__(self, run: Run, groups: LabelGroups) -> None:
        self._place = f"label_groups_{run.name}"
        state = st.session_state.get(self._place)
        if state is None or state["saved"] != groups:
            state = self._begin(groups, 0 if state is None else state["turn"] + 1)
        self._state: dict[str, Any] = state

    def _begin(self, groups: LabelGroups, turn: int) -> dict[str, Any]:
        """Fill the form anew; fields of another turn are other widgets."""
        rows: dict[str, list[Any]] = {
            "group": [*groups.groups] or [None],
            "cost": list(groups.costs),
        }
        numbers = {kind: list(range(len(found))) for kind, found in rows.items()}
        state = {"saved": groups, "turn": turn, "next": 1 + max(map(len, rows.values())), **numbers}
        self._state = st.session_state[self._place] = state
        for number, name in zip(numbers["group"], rows["group"], strict=True):
            self._fill_group(number, groups, name)
        for number, cost in zip(numbers["cost"], rows["cost"], strict=True):
            for field, value in (("true", cost.true), ("predicted", cost.predicted), ("cost", cost.cost)):
                st.session_state[self.key(field, number)] = value
        return state

    def _fill_group(self, number: int, groups: LabelGroups, name: str | None) -> None:
        recall, threshold = groups.recalls.get(name or ""), groups.thresholds.get(name or "")
        rule = RECALL if recall is not None else THRESHOLD if threshold is not None else USUAL
        for field, value in (
            ("name", name or ""),
            ("labels", list(groups.groups.get(name or "", ()))),
            ("rule", rule),
            ("recall", _RECALL if recall is None else 100 * recall),
            ("threshold", _THRESHOLD if threshold is None else 100 * threshold),
        ):
            st.session_state[self.key(field, number)] = value

    def key(self, field: str, number: int) -> str:
        """Return the key of a field of a row."""
        return f"{self._place}_{self._state['turn']}_{field}_{number}"

    def rows(self, kind: str) -> list[int]:
        """Return the numbers of the rows of groups ("group") or of costs ("cost")."""
        return list(self._state[kind])

    def add(self, kind: str) -> None:
        """Add an empty row."""
        number = self._state["next"]
        self._state["next"] = number + 1
        self._state[kind].append(number)
        if kind == "group":
            self._fill_group(number, LabelGroups(), None)
        else:
            st.session_state[self.key("cost", number)] = 10.0

    def remove(self, kind: str, number: int) -> None:
        """Remove a row."""
        self._state[kind].remove(number)

    def take(self, groups: LabelGroups) -> None:
        """Fill the form with other groups, not saved yet."""
        saved = self._state["saved"]
        self._begin(groups, self._state["turn"] + 1)["saved"] = saved


@st.fragment
def draw_form(run: Run, groups: LabelGroups) -> None:
    """Draw the form for the groups of a run and its costs; what is saved is shown from then on.

    Args:
        run: whose they are.
        groups: as they are saved.
    """
    draft = _Draft(run, groups)
    labels = sorted(run.labels(), key=natural_key)
    several = run.record().multi_label is not None
    st.markdown("**Groups of labels**", help=term("label group"))
    _offer_others(run, groups, draft)
    drawn = [_draw_group(draft, number, labels, several) for number in draft.rows("group")]
    _add_button(draft, "group", "Add a group")
    given = LabelGroups(
        {name: own for name, own, _, _ in drawn if name or own},
        {name: share for name, _, rule, share in drawn if rule == THRESHOLD},
        {name: share for name, _, rule, share in drawn if rule == RECALL},
    )
    st.markdown("**Costs of mistakes**", help=term("expected cost"))
    if several:
        st.caption(NOT_OFFERED["costs"])
    else:
        st.caption(f"A right answer costs nothing, any mistake that is not named here {OTHER_COST:g}.")
        names = [*given.groups, *labels]
        costs = [_draw_cost(draft, number, names) for number in draft.rows("cost")]
        _add_button(draft, "cost", "Add a cost")
        given = LabelGroups(given.groups, given.thresholds, given.recalls, tuple(filter(None, costs)))
    twice = len(given.groups) < sum(bool(name or own) for name, own, _, _ in drawn)
    if st.button("Save groups and costs", type="primary", icon=":material/save:", key="save_label_groups"):
        if twice:
            st.error("Two groups have the same name: give each its own.", icon=":material/error:")
            return
        try:
            set_label_groups(run, given)
        except PoetError as error:
            explain(error)
            return
        st.toast("Groups and costs are saved with the run.", icon=":material/check:")
        st.rerun()


def _draw_group(
    draft: _Draft, number: int, labels: Sequence[str], several: bool
) -> tuple[str, tuple[str, ...], str, float]:
    """Draw the fields of a group; return its name, labels, when it is predicted, and the share for that."""
    key = draft.key
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(
                "Name",
                key=key("name", number),
                placeholder="alarm",
                width=180,
                max_chars=40,
                persist_state="session",
            )
            own = st.multiselect(
                "Labels", labels, key=key("labels", number), width=420, persist_state="session"
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            rules = [USUAL, THRESHOLD] if several else [USUAL, RECALL, THRESHOLD]
            rule = str(
                st.selectbox(
                    "Predicted",
                    rules,
                    key=key("rule", number),
                    format_func=lambda one: SEVERAL if several and one == USUAL else one,
                    width=260,
                    persist_state="session",
                    help=term("wanted recall"),
                )
            )
            share = 0.0
            if rule != USUAL:
                field = "recall" if rule == RECALL else "threshold"
                share = st.number_input(
                    "Recall in %" if rule == RECALL else "Threshold in %",
                    min_value=0.1,
                    max_value=99.9,
                    step=1.0,
                    format="%.1f",
                    key=key(field, number),
                    width=160,
                    persist_state="session",
                )
            _remove_button(draft, "group", number, name or "group")
    return name.strip(), tuple(own), rule, round(share / 100, 6)


def _draw_cost(draft: _Draft, number: int, names: Sequence[str]) -> Cost | None:
    """Draw the fields of a cost and return it; None where it is not whole yet."""
    key = draft.key
    with st.container(horizontal=True, vertical_alignment="bottom", border=True):
        chosen = []
        for field, title in (("true", "A picture of"), ("predicted", "taken for")):
            if st.session_state.get(key(field, number)) not in names:  # of a group that has another name now
                st.session_state[key(field, number)] = None
            chosen.append(
                st.selectbox(
                    title,
                    names,
                    index=None,
                    key=key(field, number),
                    placeholder="label or group",
                    width=220,
                    persist_state="session",
                )
            )
        cost = st.number_input(
            "costs",
            min_value=0.0,
            max_value=MOST_COST,
            step=1.0,
            format="%g",
            key=key("cost", number),
            width=140,
            persist_state="session",
        )
        _remove_button(draft, "cost", number, "cost")
    true, predicted = chosen
    return None if true is None or predicted is None else Cost(str(true), str(predicted), float(cost))


def _add_button(draft: _Draft, kind: str, words: str) -> None:
    st.button(words, icon=":material/add:", key=f"add_{kind}", on_click=draft.add, args=(kind,))


def _remove_button(draft: _Draft, kind: str, number: int, name: str) -> None:
    st.button(
        f"Remove {plain(name)}",
        icon=":material/delete:",
        key=draft.key(f"remove_{kind}", number),
        on_click=draft.remove,
        args=(kind, number),
        type="tertiary",
    )


def _offer_others(run: Run, groups: LabelGroups, draft: _Draft) -> None:
    """Offer the groups and costs of the newest other run of the same labels, where this one has none."""
    if groups:
        return
    labels = set(run.labels())
    for other in workspace().finished_runs():
        if other.name == run.name or not other.label_groups_file.is_file():
            continue
        try:
            found = other.label_groups()
            same = set(other.labels()) == labels
        except PoetError:
            continue
        if same and found:
            st.button(
                f"Begin with those of {plain(other.title)}",
                icon=":material/content_copy:",
                key="take_label_groups",
                on_click=draft.take,
                args=(found,),
            )
            return
