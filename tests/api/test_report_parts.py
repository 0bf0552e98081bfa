"""Where a run fails, and thresholds of its labels, in Python."""

import pytest

import poetcore as poet


@pytest.fixture(scope="module")
def report(trained):
    run = poet.load_run(trained.run.name, workspace=trained.workspace.root)
    return run.evaluate(trained.sample / "demo", progress=False)


def test_slices_tell_themselves_in_a_sentence(report):
    slices = report.slices(progress=False)
    assert repr(slices) == f"Slices({slices.sentence})" and slices.sentence in slices._repr_html_()
    assert slices.table()["pictures"].sum() == len(slices.names.columns) * report.total


def test_slices_of_a_label_nobody_has_are_refused(report):
    with pytest.raises(poet.PoetError, match="No picture has the true label 'orchid'"):
        report.slices(true="orchid", progress=False)


def test_a_threshold_has_its_interval_and_what_it_gives(report):
    found = report.threshold("rose", recall=0.5)
    low, high = found.interval
    assert 0 <= low <= high <= 1 and found.recall.total == 4


@pytest.mark.parametrize("wanted", [{}, {"precision": 0.9, "recall": 0.9}, {"precision": 1.0}, {"recall": 0}])
def test_a_threshold_is_for_one_figure_between_0_and_1(report, wanted):
    with pytest.raises(poet.PoetError, match="Give a precision or a recall"):
        report.threshold("rose", **wanted)


def test_an_unknown_label_is_told_with_those_there_are(report):
    with pytest.raises(poet.PoetError, match="no label 'orchid': choose daisy"):
        report.precision_recall("orchid")
