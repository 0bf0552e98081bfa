"""What changed between two states of labelled pictures."""

import pandas as pd
import pytest

from poetcore.data.contents import count_changes, state_of


def pictures(*listed: str) -> pd.DataFrame:
    """Pictures by content and label, "a:rose"."""
    return pd.DataFrame([one.split(":") for one in listed], columns=["sha", "label"])


THEN = pictures("a:rose", "b:rose", "c:tulip")


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (THEN, (0, 0, 0)),
        (pictures("c:tulip", "b:rose", "a:rose"), (0, 0, 0)),
        (pictures("a:rose", "b:rose", "c:tulip", "d:rose"), (1, 0, 0)),
        (pictures("a:rose", "c:tulip"), (0, 1, 0)),
        (pictures("a:tulip", "b:rose", "c:rose"), (0, 0, 2)),
        (pictures("a:rose", "a:rose", "b:rose", "c:tulip"), (1, 0, 0)),
        (pictures("a:rose", "a:tulip", "b:rose", "c:tulip"), (1, 0, 0)),
        (pictures(), (0, 3, 0)),
        (pictures("a:Rose ", "b:Rose ", "c:TULIP"), (0, 0, 0)),
    ],
    ids=[
        "same",
        "order",
        "added",
        "removed",
        "relabelled",
        "copy",
        "copy elsewhere",
        "empty",
        "spelt otherwise",
    ],
)
def test_changes_are_counted(now, changes):
    assert count_changes(THEN, now) == changes
    added, removed, relabelled = changes
    assert count_changes(now, THEN) == (removed, added, relabelled)


def test_labels_that_were_two_and_look_alike_stay_two():
    then = pictures("a:Rose", "b:rose", "c:tulip")
    assert count_changes(then, THEN) == (0, 0, 1)


def test_a_state_is_that_of_contents_and_labels():
    assert state_of(THEN) == state_of(THEN[::-1]) != state_of(pictures("a:tulip", "b:rose", "c:tulip"))
