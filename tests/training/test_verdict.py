"""What the curves of a training mean: each kind of curve, drawn and trained, and what is advised."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from poetcore.training.curves import curves
from poetcore.training.train import Examples, TrainingOptions, train
from poetcore.training.verdict import CurveKind, Verdict, run_verdict, verdict

LABELS, REPORTS = 5, 60
GUESSING = float(np.log(LABELS))


def table(training: np.ndarray, validation: np.ndarray | None = None) -> pd.DataFrame:
    """The table of curves that run through these cross entropies, a report every ten steps."""
    errors = [None] * len(training) if validation is None else list(validation)
    return curves(
        {
            "kind": "step",
            "step": 10 * number,
            "train_accuracy": 0.5,
            "train_cross_entropy": float(trained),
            "validation_accuracy": None if error is None else 0.5,
            "validation_cross_entropy": error,
        }
        for number, (trained, error) in enumerate(zip(training, errors, strict=True), 1)
    )


def read(training: np.ndarray, validation: np.ndarray | None = None) -> Verdict:
    return verdict(table(training, validation), GUESSING)


def falling(start: float, end: float, speed: float = 2.5) -> np.ndarray:
    """An error that falls fast at first, and with the usual speed still at the end."""
    return end + (start - end) * np.exp(-np.linspace(0, speed, REPORTS))


def jumping(values: np.ndarray, by: float) -> np.ndarray:
    """The same with the noise of reports that look at few pictures."""
    return values + np.random.default_rng(3).normal(0, by, len(values))


def thirds(*values: float) -> np.ndarray:
    return np.repeat(values, REPORTS // 3)


DOWN = falling(1.5, 0.01)
SETTLED = falling(1.5, 0.35, speed=20)


# -------------------------------------------------------------------------------------- curves of each kind


@pytest.mark.parametrize(
    ("training", "validation", "kind"),
    [
        (DOWN[:8], falling(1.5, 0.2)[:8], CurveKind.TOO_EARLY),
        (DOWN[:0], DOWN[:0], CurveKind.TOO_EARLY),
        (DOWN, None, CurveKind.NO_VALIDATION),
        (DOWN, falling(1.5, 0.2), CurveKind.STILL_IMPROVING),
        (falling(1.609, 1.49, 1), falling(1.609, 1.50, 1), CurveKind.STILL_IMPROVING),
        (DOWN, SETTLED, CurveKind.FLAT),
        (DOWN, SETTLED + np.linspace(0, 0.03, REPORTS), CurveKind.FLAT),
        (np.full(REPORTS, 1.609), np.full(REPORTS, 1.609), CurveKind.FLAT),
        (DOWN, np.linspace(0.35, 0.6, REPORTS), CurveKind.OVERFITTING),
        (falling(1.5, 0.001, 40), jumping(np.linspace(0.35, 0.6, REPORTS), 0.08), CurveKind.OVERFITTING),
        (DOWN, thirds(1.0, 0.3, 0.6), CurveKind.OVERFITTING),
        (DOWN, thirds(1.45, 1.4, 1.5), CurveKind.OVERFITTING),
        (np.full(REPORTS, 0.1), np.linspace(0.4, 0.9, REPORTS), CurveKind.OVERFITTING),
        (falling(4.0, 0.0, 40), falling(4.0, 2.3, 20), CurveKind.RATE_TOO_HIGH),
        (np.zeros(REPORTS), np.full(REPORTS, 27.6), CurveKind.RATE_TOO_HIGH),
        (np.linspace(0.4, 0.9, REPORTS), np.linspace(0.4, 0.9, REPORTS), CurveKind.RATE_TOO_HIGH),
        (thirds(0.5, 0.5, np.nan), thirds(0.5, 0.5, np.nan), CurveKind.RATE_TOO_HIGH),
        (DOWN, abs(jumping(np.full(REPORTS, 0.3), 0.6)), CurveKind.UNSTABLE),
    ],
    ids=[
        "too early",
        "no report",
        "no validation",
        "still improving",
        "slowly from guessing on",
        "flat",
        "a tenth higher in the end",
        "at rest at guessing",
        "rising from the first report on",
        "rising, with noise, at a training error of nothing",
        "rising from a lowest in the middle",
        "losing the little that was gained",
        "rising at a training error at rest",
        "overshooting first steps",
        "trained at once and wrong of the others",
        "both rising",
        "no numbers any more",
        "unstable",
    ],
)
def test_curves_are_told_for_what_they_are(training, validation, kind):
    assert read(training, validation).kind == kind


def test_noise_on_a_flat_curve_is_not_taken_for_progress():
    assert read(jumping(np.full(REPORTS, 0.1), 0.03), jumping(SETTLED, 0.05)).kind == CurveKind.FLAT


def test_noise_does_not_hide_that_the_error_falls():
    found = read(jumping(falling(1.5, 0.1), 0.02), jumping(falling(1.5, 0.2), 0.03))
    assert found.kind == CurveKind.STILL_IMPROVING


def test_one_odd_validation_picture_is_no_reason_to_lower_the_rate():
    """A mislabelled one is worse than guessing from the first report on, while the training goes its way."""
    assert read(falling(1.6, 0.05), np.linspace(2.0, 3.0, REPORTS)).kind == CurveKind.OVERFITTING


# --------------------------------------------------------------------------------------- what is said of it


def test_overfitting_names_the_lowest_error_the_last_one_and_the_step_to_stop_at():
    found = read(thirds(1.0, 0.5, 0.25), thirds(1.0, 0.3, 0.6))
    assert "was 0.300 near step 260 and rose to 0.600" in found.finding
    assert "training error went from 0.500 to 0.250" in found.finding
    assert "about 260 steps" in found.advice


def test_a_rate_that_is_too_high_is_set_against_guessing():
    found = read(falling(4.0, 0.0, 40), thirds(4.0, 3.0, 2.25))
    assert "began at 4.000, worse than guessing (1.609)" in found.finding
    assert "ended at 2.250" in found.finding and "tenth of the learning rate" in found.advice


def test_progress_names_both_thirds_and_advises_more_steps():
    found = read(np.full(REPORTS, 0.0625), thirds(0.9, 0.5, 0.25))
    assert "fell from 0.500 in the second third of the steps to 0.250 in the last" in found.finding
    assert "more steps" in found.advice


@pytest.mark.parametrize("training", [0.001, 0.3], ids=["far above the training error", "at it"])
def test_a_flat_curve_says_nothing_of_more_pictures(training):
    words = read(np.full(REPORTS, training), np.full(REPORTS, 0.3)).sentence
    assert f"training error was {training:.3f}" in words
    assert "pictures" not in words and "above" not in words


def test_what_rests_at_guessing_needs_a_higher_rate_and_not_to_be_left_alone():
    found = read(np.full(REPORTS, 1.609), np.full(REPORTS, 1.609))
    assert "hardly better than guessing" in found.finding and "ten times the learning rate" in found.advice


def test_an_unstable_curve_says_what_cannot_be_told_and_how_to_calm_it():
    found = read(DOWN, abs(jumping(np.full(REPORTS, 0.3), 0.6)))
    assert "% cannot be told" in found.finding and "validation batch size to -1" in found.advice


@pytest.mark.parametrize(
    ("kind", "warns"),
    [(kind, kind in (CurveKind.OVERFITTING, CurveKind.RATE_TOO_HIGH)) for kind in CurveKind],
    ids=lambda value: str(value),
)
def test_only_what_another_training_is_likely_to_mend_is_a_warning(kind, warns):
    assert Verdict(kind, "It is so.", "Do this.").is_warning == warns


# ------------------------------------------------------------------------------------------- real trainings


def clouds(rate: float, pictures: int = 40, steps: int = 1000, **options: int) -> CurveKind:
    """Train on five overlapping clouds of vectors and read the curves.

    Args:
        rate: learning rate.
        pictures: of each label to train on; 20 others of each are validated on.
        steps: of the training.
    """
    generator = np.random.default_rng(5)
    centres = generator.normal(0, 1, (LABELS, 200))

    def examples(count: int) -> Examples:
        targets = np.repeat(np.arange(LABELS), count)
        noise = generator.normal(0, 6, (len(targets), 200))
        return Examples((0.3 * (centres[targets] + noise)).astype(np.float32), targets)

    validation, reports = examples(20), []
    settings = TrainingOptions(steps, rate, **options)
    train(
        examples(pictures),
        validation,
        LABELS,
        settings,
        lambda report: reports.append({"kind": "step", **asdict(report)}),
    )
    return verdict(curves(reports), GUESSING).kind


@pytest.mark.parametrize(
    ("rate", "kind"),
    [
        (0.0001, CurveKind.STILL_IMPROVING),
        (0.5, CurveKind.OVERFITTING),
        (5.0, CurveKind.RATE_TOO_HIGH),
        (50.0, CurveKind.RATE_TOO_HIGH),
    ],
)
def test_trainings_at_different_rates_are_told_apart(rate, kind):
    assert clouds(rate) == kind


def test_a_training_of_few_pictures_is_overfitting():
    assert clouds(0.05, pictures=3, validation_batch_size=-1) == CurveKind.OVERFITTING


def test_a_validation_on_one_picture_at_a_time_is_unstable():
    assert clouds(0.01, pictures=300, steps=300, validation_batch_size=1) == CurveKind.UNSTABLE


def test_curves_of_several_labels_a_picture_are_set_against_guessing_each_label(pairs_trained, monkeypatch):
    """Reports have the mean over the labels, so that guessing is the logarithm of 2 whatever their number."""
    asked = []
    monkeypatch.setattr(
        "poetcore.training.verdict.verdict",
        lambda table, guessing: asked.append(guessing) or verdict(table, guessing),
    )
    run_verdict(pairs_trained.run)
    assert asked == [pytest.approx(np.log(2))]


def test_the_verdict_on_a_run_is_that_on_its_curves_and_says_on_how_few_pictures(trained):
    record, found = trained.run.record(), run_verdict(trained.run)
    plain = verdict(curves(trained.run.events("step")), np.log(len(record.labels)))
    assert (found.kind, found.advice) == (plain.kind, plain.advice)
    few = record.splits["validation"]
    assert found.finding == f"{plain.finding} That is measured on {few} validation pictures only."


def test_of_a_fine_tuned_run_its_curves_advise_nothing(trained, monkeypatch):
    monkeypatch.setattr(
        "poetcore.training.verdict.verdict", lambda *_: Verdict(CurveKind.OVERFITTING, "It rose.", "Fewer.")
    )
    tuned = replace(trained.run.record(), fine_tuning={"best": 3})
    monkeypatch.setattr(type(trained.run), "record", lambda _: tuned)
    found = run_verdict(trained.run)
    assert found.finding.startswith("Of the last layer before the network was fine-tuned. It rose.")
    assert not found.advice and not found.is_warning
