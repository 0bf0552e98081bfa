"""Charts of a dataset as specifications: valid Vega-Lite that carries the right numbers."""

import pandas as pd

from poetcore.charts.dataset import counts_chart, sizes_chart
from poetcore.charts.style import FEW_LABELS


def test_counts_are_valid_vega_lite():
    counts = pd.DataFrame([("ant", "training", 8), ("ant", "testing", 1)])
    counts.columns = ["label", "part", "pictures"]
    counts_chart(counts).to_dict(validate=True)


def test_sizes_are_valid_vega_lite():
    sizes = pd.DataFrame([("a.jpg", "ant", 320, 240)], columns=["name", "label", "width", "height"])
    sizes_chart(sizes).to_dict(validate=True)


def test_sizes_of_very_many_pictures_are_drawn_for_a_part_of_them():
    many = pd.DataFrame({"name": "a.jpg", "label": "ant", "width": range(5000), "height": 240})
    (rows,) = sizes_chart(many).to_dict()["datasets"].values()
    assert len(rows) == 2000


def test_more_labels_than_there_are_colours_have_neither_colours_nor_a_legend():
    names = [f"label {number}" for number in range(FEW_LABELS + 1)]
    sizes = pd.DataFrame({"label": names, "name": "a", "width": 1, "height": 1})
    assert set(sizes_chart(sizes, names).to_dict()["encoding"]["color"]) == {"value"}


def test_a_legend_has_the_order_that_is_given():
    sizes = pd.DataFrame({"label": ["10", "2"], "name": "a", "width": 1, "height": 1})
    assert sizes_chart(sizes, ["2", "10"]).to_dict()["encoding"]["color"]["scale"]["domain"] == ["2", "10"]
