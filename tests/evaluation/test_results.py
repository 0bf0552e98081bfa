"""Evaluations of several runs side by side: what is marked so that they are not compared without a word."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from poetcore.data.contents import state_of
from poetcore.data.dataset import Dataset
from poetcore.evaluation.results import demo_results
from poetcore.workspace.run import Run
from tests.evaluation.test_headline import metrics

FILES = pd.DataFrame({"sha": ["a", "b"], "label": ["ant", "bee"]})
STATE = state_of(FILES)


@pytest.fixture
def make(tmp_path):
    def made(name: str, folder: str = "/demo", **figures: Any) -> Run:
        run = Run(tmp_path / name)
        run.folder.mkdir(exist_ok=True)
        found = replace(metrics(), run=name, folder=folder, state=STATE)
        run.evaluation(Path(folder).name).write(pd.DataFrame(), asdict(replace(found, **figures)))
        return run

    return made


def marks(*runs: Run, files: Any = None) -> list[str]:
    return demo_results(runs, files)["mark"].tolist()


def test_evaluations_of_one_state_are_compared_without_a_mark(make):
    assert marks(make("second"), make("first")) == ["", ""]


def test_another_state_than_that_of_the_newest_run_is_marked(make):
    assert marks(make("second"), make("first", state="other")) == ["", "other demo pictures"]


def test_other_folders_are_no_other_state(make):
    assert marks(make("second"), make("first", "/others", state="other")) == ["", ""]


def test_a_state_that_is_not_known_is_marked_where_there_are_several(make):
    assert marks(make("second"), make("first", state="")) == ["", "demo pictures not known"]
    assert marks(make("alone", state="")) == [""]


def test_figures_of_other_files_than_those_there_now_are_out_of_date(make):
    now = Dataset(Path("/demo"), ("ant", "bee"), FILES, pd.DataFrame())
    found = marks(make("second", state="other"), make("first"), files=lambda folder: now)
    assert found == ["out of date", ""]


def test_labels_that_were_not_chosen_do_not_make_a_figure_out_of_date(make):
    files = pd.concat([FILES, pd.DataFrame({"sha": ["c"], "label": ["cat"]})], ignore_index=True)
    now = Dataset(Path("/demo"), ("ant", "bee", "cat"), files, pd.DataFrame())
    chosen = make("chosen", excluded={"cat": 1})
    assert marks(chosen, make("all", state=state_of(files)), files=lambda folder: now) == [
        "some labels only",
        "",
    ]


def test_where_the_folder_is_gone_nothing_is_out_of_date(make):
    assert marks(make("only"), files=lambda folder: None) == [""]


def test_where_most_were_seen_there_is_no_accuracy(make):
    (row,) = demo_results([make("only", leaked=10)]).to_dict("records")
    assert np.isnan(row["accuracy"]) and row["mark"] == "seen in training"


def test_a_damaged_evaluation_costs_its_own_row_only(make):
    damaged, sound = make("damaged"), make("sound")
    damaged.evaluation("demo").metrics_file.write_text("{")
    assert demo_results([damaged, sound])["run"].tolist() == ["sound"]
