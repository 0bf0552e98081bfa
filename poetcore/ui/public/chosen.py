"""What a visitor looks at: a published model, one of its evaluations, a published dataset, by name alone.

What stands in the address or comes from a widget is looked up among what is published; anything else is
passed over as if nothing had been asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.freshness import Difference
from poetcore.evaluation.headline import headline
from poetcore.ui.access import access
from poetcore.ui.address import write_address
from poetcore.ui.choice import Choice, run_titles
from poetcore.ui.freshness import Checked
from poetcore.ui.state import loaded, workspace
from poetcore.workspace.published import PublishedSet
from poetcore.workspace.run import Run

__all__ = ["Shown", "draw_public_choice", "evaluation_of", "explain_nothing", "published_runs", "shown"]


@dataclass(frozen=True)
class Shown:
    """What is looked at; each may be None.

    Attributes:
        run: a published run.
        evaluation: the name of one of its published evaluations.
        dataset: a published one.
    """

    run: Run | None = None
    evaluation: str | None = None
    dataset: PublishedSet | None = None


def shown() -> Shown:
    """Return what is looked at; the shell has drawn the choice before any page runs."""
    found = st.session_state.get("public_shown")
    return found if isinstance(found, Shown) else Shown()


def draw_public_choice(page: str) -> None:
    """Draw the choices that a page has, and keep all of them.

    Args:
        page: its name.
    """
    published = access().published
    runs = published_runs()
    of_set, of_run = page in ("home", "overview"), page not in ("home", "overview")
    titles = {name: one.title for name, one in published.datasets.items()}
    dataset = _pick("dataset", "Dataset", titles, drawn=of_set and page != "home")
    run = runs.get(_pick("run", "Model", run_titles(runs.values()), drawn=of_run) or "")
    evaluations = published.runs[run.name].evaluations if run else {}
    evaluated = page in ("evaluate", "slideshow", "compare")
    evaluation = _pick("demo", "Demo pictures", evaluations, drawn=evaluated)
    write_address({"dataset": dataset, "run": run.name if run else None, "demo": evaluation})
    st.session_state["public_shown"] = Shown(run, evaluation, published.datasets.get(dataset or ""))
    # Parts of pages that the owner has too ask here; folders are chosen by no visitor.
    st.session_state["choice"] = Choice(None, None, run)


def published_runs() -> dict[str, Run]:
    """Return the published runs that are there, by name, in the order of their publication."""
    there = {run.name: run for run in workspace().finished_runs()}
    return {name: there[name] for name in access().published.runs if name in there}


def evaluation_of(run: Run, name: str) -> tuple[Evaluation, Checked]:
    """Return a published evaluation as it was stored; whether its files are still the same is not asked.

    Raises:
        RunError: it is gone or damaged.
    """
    found = loaded(run.evaluation(name))
    title = access().published.runs[run.name].evaluations[name]
    # Folders, and the names of files that were excluded, are nothing for visitors.
    metrics = replace(found.metrics, folder=title, skipped=[])
    same = Difference()
    return Evaluation(metrics, found.predictions), Checked(same, headline(metrics, same))


def explain_nothing(error: PoetError | None = None) -> None:
    """Show that something is not there; the reason, which may name files, is told on the server alone."""
    if error:
        print(f"The public view could not show something: {error}")
    st.info("This cannot be shown just now.", icon=":material/info:")


def _pick(name: str, label: str, options: Mapping[str, str], *, drawn: bool) -> str | None:
    """Return what is chosen of the published things, by its name; None where there are none."""
    key, names = f"public_{name}", list(options)
    linked = st.query_params.get(name)
    if linked != st.session_state.get(f"{key}_linked") and linked in options:
        st.session_state[key] = linked
    if st.session_state.get(key) not in options:
        st.session_state[key] = names[0] if names else None
    if drawn and names:
        st.selectbox(
            label, names, key=key, format_func=lambda one: options.get(one, one), persist_state="session"
        )
    chosen = st.session_state[key]
    found = chosen if chosen in options else None
    st.session_state[f"{key}_linked"] = found
    return found
