"""The choice of a backbone on the page: the list, a name that is typed, and the switch for two networks."""

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.features.backbones import DEFAULT, find
from tests.conftest import PATIENCE

pytestmark = pytest.mark.slow


def page() -> None:
    import streamlit as st

    from poetcore.errors import BackboneError
    from poetcore.ui.model.backbone_choice import offer_more_accurate, pick_backbone

    offer_more_accurate()
    try:
        st.session_state["picked"] = pick_backbone()
    except BackboneError as error:
        st.session_state["picked"] = str(error)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page, default_timeout=PATIENCE).run()


def typed(name: str) -> AppTest:
    """Open the page where a name was typed before; without a browser none can be."""
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    app.session_state["backbone"] = name
    return app.run()


def test_untouched_it_is_the_default(app):
    assert app.session_state["picked"] == DEFAULT and not app.toggle(key="more_accurate").value


def test_the_switch_chooses_two_networks_and_takes_them_back(app):
    app.toggle(key="more_accurate").set_value(True).run()
    picked = find(app.session_state["picked"])
    assert len(picked.parts) == 2 and DEFAULT in picked.name and app.toggle(key="more_accurate").value
    app.toggle(key="more_accurate").set_value(False).run()
    assert app.session_state["picked"] == DEFAULT


def test_the_switch_says_what_it_costs(app):
    label = app.toggle(key="more_accurate").label
    assert label.startswith("More accurate, ") and label.endswith(" times the work")


def test_another_backbone_is_ones_own_choice_and_is_not_switched():
    app = typed("inception_v3")
    assert not app.toggle and app.session_state["picked"] == "inception_v3"


def test_a_combination_can_be_typed_and_quantized():
    app = typed("efficientnet_lite0 + inception_v3")
    assert app.session_state["picked"] == "efficientnet_lite0+inception_v3"
    app.checkbox(key="quantized").check().run()
    assert app.session_state["picked"] == "efficientnet_lite0_quantized+inception_v3_quantized"


def test_a_name_that_is_none_is_refused_in_a_sentence():
    app = typed("efficientnet_lite0+resnett")
    assert app.session_state["picked"].startswith("Unknown architecture 'resnett': ") and not app.exception


def test_a_network_of_ones_own_is_given_by_its_path_and_asked_how_it_scales(
    tmp_path, monkeypatch, backbone_file
):
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    own = tmp_path / "own.tflite"
    own.write_bytes(backbone_file.read_bytes())
    app = typed(str(own))
    assert "tells how its pixels are scaled" in app.session_state["picked"]
    app.text_input(key="input_scaling").set_value("0,1").run()
    assert app.session_state["picked"] == str(own)
    assert app.caption[0].value.startswith("own.tflite: 1,280 features, ")
