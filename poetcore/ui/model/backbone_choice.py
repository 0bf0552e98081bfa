"""The choice of a backbone: by its name, in a chart, or the more accurate combination by one switch."""

import pandas as pd
import streamlit as st

from poetcore.charts.backbones import CHOICE, backbone_chart
from poetcore.errors import BackboneError
from poetcore.features.backbones import BACKBONES, DEFAULT, Backbone, find, relative_cost
from poetcore.features.litert import list_backbones
from poetcore.features.network_file import find_network, is_own, spelled_out
from poetcore.system.figures import percent
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.ui.state import workspace
from poetcore.ui.text import plain

__all__ = ["offer_more_accurate", "pick_backbone"]

#: Combinations that are more accurate than the default, and their accuracy on photos of five flowers: in a
#: five-fold cross validation of 1,000, and on 250 others. `_SINGLE` is the default's; see
#: tests/benchmarks/README.md. The first whose weights are here is offered, else the last, which Keras loads.
_MORE_ACCURATE = {
    f"{DEFAULT}+efficientnet_lite2": (0.902, 0.884),
    f"{DEFAULT}+mobilenet_1.0_224": (0.902, 0.868),
}
_SINGLE = (0.891, 0.860)

#: By whether the weights are here, and whether Keras could fetch them.
_WHERE = {
    (True, True): "Its weights are on this computer: it works offline.",
    (False, True): "Its weights are downloaded once, so this needs the internet the first time.",
    (False, False): "Its weights come with a package that is not installed; starting names it.",
}


def offer_more_accurate() -> None:
    """Draw the switch that chooses two networks in place of the default one, and what it brings and costs."""
    offered = next((name for name in _MORE_ACCURATE if find(name).offline), [*_MORE_ACCURATE][-1])
    chosen = st.session_state.get("backbone", DEFAULT)
    if chosen not in (DEFAULT, offered):  # of one's own choosing
        return
    st.session_state["more_accurate"] = chosen == offered
    cost, (crossed, others) = relative_cost(find(offered)) or 1, _MORE_ACCURATE[offered]
    st.toggle(
        f"More accurate, {cost:.1f} times the work",
        key="more_accurate",
        on_change=lambda: _switch(offered),
        help="Two networks look at every picture, and their features are used side by side, here and in"
        f" every export: {offered.replace('+', ' + ')}. In a cross validation of 1,000 photos of five"
        f" flowers {percent(crossed)} were right, of 250 others {percent(others)}; with the usual network"
        f" alone {percent(_SINGLE[0])} and {percent(_SINGLE[1])}. Extracting features, once a picture, and"
        " every prediction take longer.",
    )


def _switch(offered: str) -> None:
    st.session_state["backbone"] = offered if st.session_state["more_accurate"] else DEFAULT


def pick_backbone() -> str:
    """Draw the choice of a backbone, in plain words, and return its name.

    Raises:
        BackboneError: the name that was typed is none.
    """
    own = st.session_state.get("backbone", DEFAULT)
    name = st.selectbox(
        "Backbone",
        [*BACKBONES, *([own] if own not in BACKBONES else [])],
        format_func=_line,
        key="backbone",
        persist_state="session",
        accept_new_options=True,
        help=f"{term('backbone')} Type to search. Join several by a plus, as in {next(iter(_MORE_ACCURATE))};"
        " @288 after a name lets it see that many pixels a side. Or give the path of a network of your own, a"
        " .tflite or .keras file or a SavedModel that makes a feature vector of a picture.",
    )
    if is_own(name):
        return _pick_own(name)
    backbone = find(name)
    quantized = find("+".join(f"{one}_quantized" for one in backbone.name.split("+")))
    wanted = st.checkbox(
        f"Quantized (int8): faster, {quantized.megabytes:.1f} MB, slightly less accurate",
        key="quantized",
        persist_state="session",
        help=f"{term('quantized')} It is calibrated on 100 of your training pictures, which takes half a"
        " minute once."
        " Features are then extracted 1.3 to 1.8 times as fast. Worth it for tens of thousands of pictures.",
    )
    where = _WHERE[backbone.offline, backbone.weight_file is not None]
    st.caption(
        f"{_known(backbone)} {backbone.megabytes:.1f} MB, {_cost(backbone)}, input of"
        f" {backbone.input_size} x {backbone.input_size} pixels. {where}"
    )
    _draw_chart(backbone)
    return quantized.name if wanted else backbone.name


def _pick_own(name: str) -> str:
    """Draw what is asked and known of a network of one's own, and return how it is spelled out.

    Raises:
        BackboneError: it cannot be used, or does not tell how its pixels are scaled.
    """
    scaling = st.text_input(
        "Input scaling",
        key="input_scaling",
        persist_state="session",
        placeholder="as the file says",
        help=options_of(RunConfig)["input_scaling"].help,
    )
    with st.spinner("Reading the network"):
        backbone = find_network(name, workspace().models, scaling)
    st.caption(
        f"{plain(backbone.name)}: {backbone.vector_length:,} features, {backbone.megabytes:.1f} MB, input of"
        f" {backbone.input_size} x {backbone.input_size} pixels. A copy is kept with the run."
    )
    return spelled_out(name)


def _draw_chart(chosen: Backbone) -> None:
    """Draw all backbones, accuracy against computation; a click on one chooses it."""
    # Another chosen one is another chart, so that a click on any circle is always news.
    key = f"backbone_chart_{chosen.name}"
    table = pd.DataFrame(list_backbones(workspace().models))
    st.vega_lite_chart(
        chart_spec(backbone_chart, table, chosen.name),
        key=key,
        on_select=lambda: _choose_clicked(key),
        selection_mode=CHOICE,
    )
    st.caption("Click a circle to choose it; the larger a circle, the larger the network.")


def _choose_clicked(key: str) -> None:
    """Choose the backbone whose circle was clicked."""
    clicked = st.session_state[key].selection.get(CHOICE) or []
    if clicked and clicked[0].get("name") in BACKBONES:
        st.session_state["backbone"] = clicked[0]["name"]


def _line(name: str) -> str:
    """Return what the list shows of a backbone; a name that is none stays as it was typed."""
    try:
        backbone = find(name)
    except BackboneError:
        return name
    accuracy = f" · {backbone.imagenet_top1:.1f} %" if backbone.imagenet_top1 else ""
    place = "works offline" if backbone.offline else "downloaded once"
    return f"{backbone.name}{accuracy} · {backbone.megabytes:.1f} MB · {place}"


def _known(backbone: Backbone) -> str:
    """Return what is known of a backbone's accuracy, before what it costs."""
    if backbone.parts:
        return f"{len(backbone.parts)} networks side by side:"
    if backbone.imagenet_top1 is None:
        return "Pre-trained on ImageNet's thousand categories:"
    return (
        f"Pre-trained on ImageNet's thousand categories with {backbone.imagenet_top1:.1f} % top-1 accuracy,"
    )


def _cost(backbone: Backbone) -> str:
    """Compare the work for a picture with that of the default backbone."""
    if backbone.name == DEFAULT:
        return "the default's amount of work per picture"
    cost = relative_cost(backbone)
    if cost is None:
        return "work per picture not known"
    return f"{cost:.1f} times the work" if cost > 1 else f"{1 / cost:.1f} times less work per picture"
