"""Galleries of a dataset open with what the chosen run makes of their pictures."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.pages import opened


def runs_told(app: AppTest) -> set[str]:
    """The runs of which the light-boxes of a page are told."""
    sent = [str(getattr(one.proto, "json", "")) for one in app.main]
    return {json.loads(text)["about"]["run"] for text in sent if '"about"' in text}


@pytest.mark.parametrize("view", ["Pictures", "Suspect labels"])
def test_galleries_of_the_overview_know_the_chosen_run(full, view):
    app = opened("overview", dataset=str(full.sample / "train"), run=full.run.name, view=view)
    assert runs_told(app) == {full.run.name}


def test_without_a_run_they_know_none(full):
    assert runs_told(opened("overview", dataset=str(full.sample / "demo"))) == {""}
