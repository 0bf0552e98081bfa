"""Names of a demo folder's labels, and the message where a model does not know one."""

import unicodedata
from pathlib import Path

import pytest

from poetcore.errors import DatasetError
from poetcore.evaluation.graphs import match_graph_labels
from poetcore.evaluation.true_labels import listed_labels, true_labels

DEMO = Path("show")
FLOWERS = ["Gänseblümchen", "rose", "tulip"]


def test_a_folder_that_is_written_otherwise_has_the_label_of_the_model():
    decomposed = unicodedata.normalize("NFD", "Gänseblümchen")
    assert true_labels([decomposed, "Rose ", "tulip"], FLOWERS, "The run", DEMO) == {
        decomposed: "Gänseblümchen",
        "Rose ": "rose",
        "tulip": "tulip",
    }


def test_two_folders_may_have_one_label():
    assert set(true_labels(["Rose", "rose "], FLOWERS, "The run", DEMO).values()) == {"rose"}


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        (
            ["fern"],
            "The run 'a' was not trained on the label 'fern' of show: it was trained on"
            " 'Gänseblümchen', 'rose', 'tulip'. Evaluate on a folder without it, or train a run that knows"
            " it.",
        ),
        (
            ["tulips"],
            "The run 'a' was not trained on the label 'tulips' of show: it was trained on"
            " 'Gänseblümchen', 'rose', 'tulip'. 'tulips' is nearly 'tulip' (one letter more): rename the"
            " folder if that is meant.",
        ),
        (
            ["roses", "fern", "tulpi"],
            "The run 'a' was not trained on the labels 'roses', 'fern', 'tulpi' of show: it was trained on"
            " 'Gänseblümchen', 'rose', 'tulip'. 'roses' is nearly 'rose' (one letter more); 'tulpi' is nearly"
            " 'tulip' (two letters in another order): rename these folders if that is meant.",
        ),
    ],
)
def test_an_unknown_label_is_named_with_what_differs(folders, sentence):
    with pytest.raises(DatasetError) as error:
        true_labels(folders, FLOWERS, "The run 'a'", DEMO)
    assert str(error.value) == sentence


def test_a_name_that_fits_two_labels_alike_is_named_with_what_differs():
    with pytest.raises(DatasetError, match=r"'ROSE' is nearly 'Rose' \(upper and lower case\)"):
        true_labels(["ROSE"], ["Rose", "rose"], "The run", DEMO)


def test_a_graph_knows_labels_in_the_original_form_too():
    assert true_labels(["Rose!"], ["rose"], "The graph", DEMO, match_graph_labels) == {"Rose!": "rose"}


def test_of_many_labels_some_are_listed():
    assert listed_labels([str(number) for number in range(400)]).endswith("'29' and 370 more")
