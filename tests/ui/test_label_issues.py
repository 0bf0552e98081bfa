"""Suspect labels on the overview: those of demo pictures are corrected by hand only."""

import pytest

from tests.conftest import PATIENCE
from tests.ui.pages import opened, texts_of


@pytest.mark.parametrize(("demo", "said"), [("demo", False), ("train", True)])
@pytest.mark.slow
def test_no_button_takes_the_suggested_labels_of_the_demo_folder(full, demo, said):
    app = opened("overview", dataset=str(full.sample / "train"), demo=str(full.sample / demo))
    app.segmented_control(key="overview_section").set_value("Suspect labels").run(timeout=PATIENCE)
    assert any("the most suspect first" in element.value for element in app.header)
    assert ("no button takes their suggested labels" in texts_of(app)) == said
