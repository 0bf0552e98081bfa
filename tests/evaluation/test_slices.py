"""Where a model fails more than elsewhere: the exact test, its correction, and the sentence."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from poetcore.evaluation.slices import SlicedAccuracy, exact_p_value, slice_accuracies, slices_sentence


def table(*parts: tuple[str, str, int, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pictures of parts (true label, slice of "light", pictures, wrong): predictions, and their slices."""
    rows = [
        (label, name, place >= wrong) for label, name, pictures, wrong in parts for place in range(pictures)
    ]
    made = pd.DataFrame(rows, columns=["label", "light", "correct"])
    return made[["label", "correct"]], made[["light"]]


def named(found: list[SlicedAccuracy], name: str) -> SlicedAccuracy:
    return next(one for one in found if one.name == name)


@pytest.mark.parametrize("counts", [(8, 12, 2, 30), (0, 10, 5, 5), (5, 0, 0, 5), (3, 40, 4, 11)])
def test_with_one_stratum_it_is_fishers_exact_test(counts):
    bad_in, good_in, bad_out, good_out = counts
    wrong = np.repeat([True, False, True, False], counts)
    inside = np.repeat([True, True, False, False], counts)
    peer = fisher_exact([[bad_in, good_in], [bad_out, good_out]], alternative="greater").pvalue
    assert exact_p_value(wrong, inside) == pytest.approx(peer, rel=1e-9)


def test_with_strata_it_counts_every_way_to_draw_the_slice_within_them():
    wrong = np.array([1, 0, 1, 0, 0, 1, 1, 0], bool)
    inside = np.array([1, 0, 1, 0, 0, 1, 0, 1], bool)
    strata = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    ways = [
        int(wrong[[*one, *other]].sum())
        for one in combinations(range(4), 2)
        for other in combinations(range(4, 8), 2)
    ]
    expected = np.mean(np.array(ways) >= wrong[inside].sum())
    assert exact_p_value(wrong, inside, strata) == pytest.approx(expected)


def test_a_slice_that_fails_more_is_found_and_the_others_are_not():
    found = slice_accuracies(*table(("a", "dark", 40, 20), ("a", "light", 80, 4)))
    assert named(found, "dark").fails_more and not named(found, "light").fails_more
    assert (named(found, "dark").wrong, named(found, "dark").rest.total) == (20, 80)


def test_p_values_are_corrected_for_every_slice_of_every_attribute():
    predictions, slices = table(("a", "dark", 40, 9), ("a", "light", 80, 7))
    alone = slice_accuracies(predictions, slices)
    lots = (np.arange(len(slices)) % 10).astype(str)
    among = slice_accuracies(predictions, slices.assign(lot=lots))
    raw = exact_p_value(~predictions["correct"].to_numpy(), (slices["light"] == "dark").to_numpy())
    assert named(alone, "dark").p_value == pytest.approx(2 * raw)
    compared = sum(one.p_value is not None for one in among)
    assert named(among, "dark").p_value == pytest.approx(compared * raw)


def test_a_slice_of_few_pictures_is_not_compared():
    found = slice_accuracies(*table(("a", "dark", 9, 9), ("a", "light", 80, 0)))
    assert named(found, "dark").p_value is None and not named(found, "dark").fails_more


def test_a_burst_counts_as_one_picture():
    predictions, slices = table(("a", "dark", 40, 20), ("a", "light", 80, 4))
    groups = np.arange(len(slices))
    groups[:20] = 0  # the wrong ones of the dark slice are frames of one burst
    burst = named(slice_accuracies(predictions, slices, groups), "dark")
    assert burst.wrong == 20 and burst.p_value is not None and burst.p_value > 0.5


def test_where_the_labels_are_the_reason_the_sentence_says_so():
    parts = (
        ("hard", "dark", 40, 20),
        ("hard", "light", 10, 5),
        ("easy", "dark", 10, 0),
        ("easy", "light", 60, 0),
    )
    found = slice_accuracies(*table(*parts))
    assert named(found, "dark").fails_more
    assert "Its labels may be the reason" in slices_sentence(found)


def test_a_slice_of_which_the_labels_are_the_reason_is_named_after_one_of_which_they_are_not():
    predictions, slices = table(("hard", "dark", 30, 15), ("hard", "light", 30, 4), ("easy", "light", 90, 0))
    slices = slices.assign(folder=predictions["label"])
    found = slice_accuracies(predictions, slices)
    told = slices_sentence(found)
    assert told.startswith("It fails more than elsewhere in “light: dark”")
    assert named(found, "hard").fails_more and "It also fails more in “folder: hard”" in told


def test_where_the_labels_are_not_the_reason_the_sentence_says_so_with_figures():
    parts = (("a", "dark", 20, 10), ("b", "dark", 20, 10), ("a", "light", 40, 2), ("b", "light", 40, 2))
    told = slices_sentence(slice_accuracies(*table(*parts)))
    assert "in “light: dark”: 50.0 % of 40 pictures are wrong, of the others 5.0 %" in told
    assert "corrected for the 2 slices of the pictures by light" in told
    assert "Its labels are not the reason" in told


def test_where_nothing_differs_the_sentence_claims_nothing():
    told = slices_sentence(slice_accuracies(*table(("a", "dark", 40, 4), ("a", "light", 40, 3))))
    assert told.startswith("No slice is known to fail more than the rest: 2 slices of the pictures by light")


def test_too_few_pictures_are_told():
    assert slices_sentence(slice_accuracies(*table(("a", "dark", 4, 2), ("a", "light", 4, 0)))).startswith(
        "Too few pictures"
    )


def test_pictures_whose_attribute_is_not_known_are_on_neither_side():
    predictions, slices = table(("a", "dark", 40, 20), ("a", "light", 80, 4), ("a", "?", 30, 30))
    slices["light"] = slices["light"].replace("?", None)
    found = slice_accuracies(predictions, slices)
    assert [one.name for one in found] == ["dark", "light"] and named(found, "dark").rest.total == 80
