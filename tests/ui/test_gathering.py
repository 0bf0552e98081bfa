"""The part of the prepare page that gathers pictures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.badserver import BadServer, bad_server
from tests.conftest import PATIENCE
from tests.sources.test_inaturalist import Api, observation


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[BadServer]:
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    for name in ("flowers", "fungi"):
        (tmp_path / "tf_files" / "datasets" / name).mkdir(parents=True)
    st.cache_resource.clear()
    st.cache_data.clear()
    with bad_server() as running:
        yield running
    st.cache_resource.clear()


def page(server: BadServer) -> AppTest:
    """The section alone, with iNaturalist at the server."""
    script = f"from poetcore.ui.data.gathering import draw_gather\ndraw_gather({server.url + '/v1'!r})"
    return AppTest.from_string(script, default_timeout=PATIENCE).run()


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def with_list(server: BadServer, lines: list[str]) -> AppTest:
    at = page(server)
    at.session_state["gather_kind"] = "List of URLs"
    at.run()
    at.selectbox(key="gather_dataset").set_value("flowers")
    at.text_input(key="gather_label").set_value("daisy")
    return at.text_area(key="gather_urls").set_value("\n".join(lines)).run()


def test_the_button_is_disabled_before_a_source_is_chosen(server):
    assert page(server).button(key="gather_go").disabled


@pytest.mark.slow
def test_a_list_is_gathered(server, tmp_path):
    at = with_list(server, [*server.photos(3), server.url + "/none.jpg"])
    at.button(key="gather_go").click().run()
    assert not at.exception
    assert metrics(at) == {"New pictures": "3", "There already": "0", "Rejected": "1"}
    assert len(list((tmp_path / "tf_files" / "datasets" / "flowers" / "daisy").iterdir())) == 3


@pytest.mark.slow
def test_lines_that_are_no_url_are_counted(server):
    at = with_list(server, [*server.photos(1), "nonsense", "ftp://a.org/1.jpg"])
    assert [expander.label for expander in at.expander] == ["2 lines are no URL"]


@pytest.mark.slow
def test_a_taxon_is_gathered(server, tmp_path):
    api = Api(server)
    api.observations = [observation(number, url=server.url) for number in range(1, 9)]
    for number in range(1, 9):
        server.photo(f"/photos/{1000 * number}/medium.jpg", number)
    at = page(server)
    at.selectbox(key="gather_dataset").set_value("fungi")
    at.text_input(key="gather_taxon").set_value("fly agaric")
    at.number_input(key="gather_count").set_value(5).run()
    at.button(key="gather_go").click().run()
    assert not at.exception
    assert metrics(at)["New pictures"] == "5"
    assert (tmp_path / "tf_files" / "datasets" / "fungi" / "ATTRIBUTION.csv").exists()


@pytest.mark.slow
def test_an_unknown_taxon_is_explained(server):
    Api(server)
    at = page(server)
    at.selectbox(key="gather_dataset").set_value("fungi")
    at.text_input(key="gather_taxon").set_value("Amanita").run()
    at.button(key="gather_go").click().run()
    assert "no taxon called 'Amanita'" in at.error[0].value
