"""The chart of backbones: all that are known, at their figures, the chosen one marked."""

import math
from typing import Any

import pandas as pd
import pytest

from poetcore.charts.backbones import CHOICE, backbone_chart
from poetcore.features.backbones import BACKBONES, DEFAULT
from poetcore.features.litert import list_backbones


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return pd.DataFrame(list_backbones(tmp_path_factory.mktemp("models")))


def rows_of(chart: Any) -> dict[str, dict[str, Any]]:
    (rows,) = chart.to_dict()["datasets"].values()
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize("named", [False, True])
def test_it_is_valid_vega_lite(table, named):
    backbone_chart(table, DEFAULT, named=named).to_dict(validate=True)


def test_every_known_backbone_stands_at_its_accuracy_and_computation(table):
    rows = rows_of(backbone_chart(table))
    assert {name: (row["multiply_adds"], row["imagenet_top1"]) for name, row in rows.items()} == {
        one.name: (one.multiply_adds, one.imagenet_top1) for one in BACKBONES.values()
    }


def test_the_axes_have_room_for_every_backbone(table):
    encoding = backbone_chart(table).to_dict()["layer"][0]["encoding"]
    for axis, column in (("x", "multiply_adds"), ("y", "imagenet_top1")):
        low, high = encoding[axis]["scale"]["domain"]
        assert low < table[column].min() and table[column].max() < high


def test_the_area_of_a_circle_is_in_proportion_to_the_root_of_the_size(table):
    scale = backbone_chart(table).to_dict()["layer"][0]["encoding"]["size"]["scale"]
    assert (scale["domain"][0], scale["range"][0], scale["type"]) == (0, 0, "sqrt")
    assert math.isclose(scale["domain"][1], table["megabytes"].max())


def test_the_chosen_one_is_marked_and_no_other(table):
    rows = rows_of(backbone_chart(table, "inception_v3"))
    assert [name for name, row in rows.items() if row["chosen"]] == ["inception_v3"]


def test_of_a_combination_every_part_is_marked(table):
    rows = rows_of(backbone_chart(table, f"{DEFAULT}+inception_v3"))
    assert {name for name, row in rows.items() if row["chosen"]} == {DEFAULT, "inception_v3"}


@pytest.mark.parametrize("name", BACKBONES)
def test_the_name_of_the_chosen_one_stands_beside_its_circle(table, name):
    chart = backbone_chart(table, name).to_dict()
    megabytes = table.set_index("name")["megabytes"]
    largest = chart["layer"][0]["encoding"]["size"]["scale"]["range"][1]
    radius = math.sqrt(largest * math.sqrt(megabytes[name] / megabytes.max()) / math.pi)
    assert all(
        abs(layer["mark"]["dx"]) > radius for layer in chart["layer"] if layer["mark"]["type"] == "text"
    )


def test_a_click_selects_by_name(table):
    (selection,) = backbone_chart(table).to_dict()["params"]
    assert (selection["name"], selection["select"]["fields"]) == (CHOICE, ["name"])
