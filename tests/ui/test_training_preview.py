"""The preview of a training on its page: in front while features are extracted, folded away afterwards."""

from streamlit.testing.v1 import AppTest

from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.browser.dashboard import copy_run
from tests.conftest import PATIENCE, Trained
from tests.ui.pages import texts_of, training_page


def panel(folder: str) -> None:
    """Draw the job panel of a run."""
    from pathlib import Path

    from poetcore.ui.model.job_panel import draw_job
    from poetcore.workspace.run import Run

    draw_job(Run(Path(folder)))


def previewed(run: Run) -> None:
    for pictures, accuracy in ((64, 0.7), (96, 0.812)):
        run.append_event("preview", pictures=pictures, total=10_000, accuracy=accuracy, cross_entropy=0.5)


def test_a_preview_is_in_front_until_the_training_has_curves_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path))
    run = Workspace(tmp_path).create_run("run")
    run.write_status(Status("bottlenecks", 96, 10_000))
    previewed(run)
    app = AppTest.from_function(panel, args=(str(run.folder),), default_timeout=PATIENCE).run()
    assert "Preview on 96 of 10,000 pictures: 81 %; the training on all follows." in texts_of(app)
    assert (len(app.get("vega_lite_chart")), len(app.expander)) == (1, 0)
    run.write_status(Status("training", 10, 100))
    figures = ("train_accuracy", "train_cross_entropy", "validation_accuracy", "validation_cross_entropy")
    run.append_event("step", step=10, **dict.fromkeys(figures, 0.5))
    app.run()
    assert "the training on all follows" not in texts_of(app)
    assert (len(app.get("vega_lite_chart")), len(app.expander[0].get("vega_lite_chart"))) == (3, 1)


def test_a_finished_run_keeps_its_preview_behind_a_line(own: Trained):
    run = copy_run(own.run, own.workspace.runs / "previewed")
    previewed(run)
    app = training_page("This run", run=run.name)
    assert "Preview while features were extracted" in [one.label for one in app.expander]
