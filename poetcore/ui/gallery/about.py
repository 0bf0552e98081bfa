"""Of which model and which evaluation a gallery shows pictures."""

from dataclasses import dataclass, replace
from pathlib import Path

from poetcore.errors import RunError
from poetcore.evaluation.metrics import Metrics
from poetcore.system.names import natural_key
from poetcore.ui.access import access
from poetcore.ui.choice import chosen
from poetcore.ui.state import evaluation_at, workspace
from poetcore.workspace.run import Run

__all__ = ["About", "about_chosen", "about_evaluation", "about_run"]


@dataclass(frozen=True)
class About:
    """What the light-box of a gallery knows beside its pictures; some of it is offered only then.

    Attributes:
        run: name of the run, whose heat maps and similar pictures are offered; "" for none.
        evaluation: name of the folder of its evaluation, for which verdicts are offered; "" for none.
        labels: of the model, in natural order.
    """

    run: str = ""
    evaluation: str = ""
    labels: tuple[str, ...] = ()


def about_run(run: Run) -> About:
    """Return what galleries of a run's predictions tell their light-box."""
    return About(run.name, "", tuple(sorted(run.labels(), key=natural_key)))


def about_chosen() -> About:
    """Return what galleries of a dataset tell their light-box: the chosen run, if there is one."""
    run = chosen().run
    try:
        return about_run(run) if run else About()
    except RunError:  # damaged
        return About()


def about_evaluation(metrics: Metrics) -> About:
    """Return what galleries of an evaluation tell their light-box; nothing where its run was deleted.

    Verdicts are of pictures with one label each.
    """
    try:
        run = workspace().run(metrics.run)
        if metrics.multi_label or access().public:  # nobody reviews there
            return about_run(run)
        evaluated = evaluation_at(run, Path(metrics.folder))
        return replace(about_run(run), evaluation=evaluated.name if evaluated else "")
    except RunError:
        return About()
