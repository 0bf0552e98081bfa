"""Charts of a dataset as specifications: valid Vega-Lite that carries the right numbers."""

import pandas as pd

from poetcore.charts.dataset import counts_chart, sizes_chart


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
