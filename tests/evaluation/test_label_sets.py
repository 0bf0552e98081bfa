"""Evaluating a run of several labels a picture."""

import shutil
from dataclasses import asdict, replace

import pytest

import poetcore as poet
from poetcore.data.label_sets import label_targets, split_set
from poetcore.errors import OptionError, RunError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.freshness import current_files, evaluation_difference, run_difference
from poetcore.evaluation.headline import headline
from poetcore.evaluation.report import report
from poetcore.evaluation.results import demo_results
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.run import Run
from tests.records import change_record


@pytest.fixture(scope="module")
def evaluation(pairs_trained) -> Evaluation:
    return Evaluation.load(pairs_trained.run.evaluation("demo"))


def test_each_label_has_figures_and_its_threshold(evaluation, pairs_trained):
    per_label = evaluation.metrics.per_label
    thresholds = [one["threshold"] for one in per_label.values()]
    assert thresholds == pairs_trained.run.record().multi_label["thresholds"]
    assert {"precision", "recall", "f1", "support", "predicted"} <= set(per_label["daisy"])


def test_the_figures_are_those_of_the_predictions(evaluation):
    labels, table = evaluation.metrics.labels, evaluation.predictions
    true, predicted = (label_targets(table[name], labels)[:, 0] == 1 for name in ("label", "predicted"))
    assert evaluation.metrics.per_label[labels[0]]["recall"] == (true & predicted).sum() / true.sum()


def test_a_label_is_predicted_from_its_threshold_on(evaluation):
    row = evaluation.predictions.iloc[0]
    for label, one in evaluation.metrics.per_label.items():
        assert (label in split_set(row["predicted"])) == (row[f"p_{label}"] >= one["threshold"])


def test_co_occurrence_stands_in_place_of_a_confusion_matrix(evaluation):
    metrics = evaluation.metrics
    together = metrics.multi_label["cooccurrence"]
    assert metrics.confusion_matrix == []
    assert [together[i][i] for i in range(3)] == [one["support"] for one in metrics.per_label.values()]


def test_there_is_no_one_accuracy(evaluation):
    told = headline(evaluation.metrics)
    assert told.accuracy is None and "macro F1" in told.mark


@pytest.mark.parametrize(("unseen", "warning"), [(12, ""), (0, "seen in training")])
def test_figures_that_stand_for_an_accuracy_are_no_warning(evaluation, unseen, warning):
    assert headline(replace(evaluation.metrics, unseen=unseen)).warning == warning


def test_pictures_seen_in_training_are_excluded_from_the_figures(pairs_trained, tmp_path):
    folder = shutil.copytree(pairs_trained.sample / "demo", tmp_path / "leaky")
    split = pairs_trained.run.split()
    seen = split.loc[split["split"] == "training", "path"].iloc[0]
    shutil.copy(seen, folder / "daisy" / "seen.jpg")
    metrics = evaluate(pairs_trained.run, folder, pairs_trained.workspace).metrics
    assert metrics.multi_label["pictures"] == metrics.total - 1
    assert "1 more picture was seen in training" in " ".join(headline(metrics).remarks)


def test_unchanged_folders_are_up_to_date(evaluation, pairs_trained):
    place, run = pairs_trained.workspace, pairs_trained.run
    now, then = (current_files(pairs_trained.sample / name, place) for name in ("demo", "train"))
    assert not evaluation_difference(evaluation, run, now).any
    assert run_difference(run, then).known and not run_difference(run, then).any


def test_a_label_that_is_taken_away_puts_an_evaluation_out_of_date(evaluation, pairs_trained, tmp_path):
    folder = shutil.copytree(pairs_trained.sample / "demo", tmp_path / "demo")
    both = next(text for text in evaluation.predictions["label"] if len(split_set(text)) == 2)
    row = evaluation.predictions[evaluation.predictions["label"] == both].iloc[0]
    name = row["path"].rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    (folder / split_set(both)[0] / name).unlink()
    now = current_files(folder, pairs_trained.workspace)
    assert evaluation_difference(evaluation, pairs_trained.run, now).relabelled == 1


def test_the_evaluation_is_listed_without_an_accuracy(pairs_trained):
    place = pairs_trained.workspace
    listed = demo_results([pairs_trained.run], lambda folder: current_files(folder, place))
    row = listed[listed["folder"] == str(pairs_trained.sample / "demo")].iloc[0]
    assert row["mark"].startswith("macro F1") and "out of date" not in row["mark"]
    assert row.isna()["accuracy"]


def test_the_worst_pictures_are_those_with_the_largest_summed_loss(evaluation):
    assert evaluation.top_losses(3)["loss"].is_monotonic_decreasing


def test_a_report_is_refused(evaluation):
    with pytest.raises(OptionError, match="no HTML report"):
        report(evaluation)


def test_python_tells_labels_and_refuses_one_accuracy(pairs_trained):
    run = poet.load_run("pairs", workspace=pairs_trained.workspace.root)
    done = run.evaluate(pairs_trained.sample / "demo")
    assert {"threshold", "predicted"} <= set(done.per_class.columns)
    assert "macro F1" in repr(done) and "macro F1" in repr(run) and "<table" in done._repr_html_()
    for name in ("accuracy", "interval", "confusion_matrix"):
        with pytest.raises(OptionError, match="may have several labels"):
            getattr(done, name)


def test_a_prediction_has_all_labels_that_reach_their_threshold(pairs_trained):
    pictures = sorted((pairs_trained.sample / "demo" / "daisy").iterdir())[:4]
    for one in Classifier(pairs_trained.run, pairs_trained.workspace).classify(pictures):
        wanted = [
            label
            for label, p, at in zip(one.labels, one.probabilities, one.thresholds, strict=True)
            if p >= at
        ]
        assert list(one.predicted) == wanted


@pytest.mark.parametrize("name", ["thresholds", "per_label", "folds", "threshold"])
def test_a_run_without_what_is_known_of_its_labels_is_damaged(pairs_trained, tmp_path, name):
    run = Run(shutil.copytree(pairs_trained.run.folder, tmp_path / "run"))
    known = run.record().multi_label
    left = {key: value for key, value in known.items() if key != name}
    if name == "threshold":
        left |= {"thresholds": [None] * len(run.labels())}
    change_record(run.folder / "run.json", multi_label=left)
    with pytest.raises(RunError, match="is damaged"):
        run.record()


def test_an_evaluation_whose_co_occurrence_does_not_fit_is_damaged(pairs_trained, evaluation, tmp_path):
    folder = EvaluationFolder(tmp_path / "demo")
    found = evaluation.metrics.multi_label | {"cooccurrence": [[1]]}
    folder.write(evaluation.predictions, asdict(replace(evaluation.metrics, multi_label=found)))
    with pytest.raises(RunError, match="evaluate again"):
        Evaluation.load(folder)
