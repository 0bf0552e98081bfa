"""Progress: what people read of a phase, and the part that is done."""

import pytest

from poetcore.system.progress import PHASES, RUN_PHASES, Progress
from poetcore.workspace import run_record


def test_a_phase_is_shown_in_its_words():
    assert Progress("bottlenecks").text == "Extracting features (bottlenecks)"


def test_a_message_replaces_the_words():
    assert Progress("backbone", message="Preparing the backbone x").text == "Preparing the backbone x"


def test_a_known_total_is_shown_with_thousands_separators():
    assert Progress("training", 30, 4000).text == "Training the last layer: 30 of 4,000"


@pytest.mark.parametrize(("done", "total", "share"), [(1, 4, 0.25), (5, 4, 1.0), (5, 0, 0.0)])
def test_the_share_lies_between_0_and_1(done, total, share):
    assert Progress("training", done, total).share == share


def test_a_run_goes_through_the_phases_in_their_order():
    assert run_record.PHASES == RUN_PHASES
    assert RUN_PHASES == (
        "starting",
        "drawing",
        "scanning",
        "backbone",
        "bottlenecks",
        "hashing",
        "training",
        "feature_maps",
        "fine_tuning",
        "cross_validating",
        "testing",
        "evaluating",
    )


def test_the_end_of_a_run_is_no_phase_of_work():
    assert not set(PHASES) & set(run_record.FINAL_PHASES)
