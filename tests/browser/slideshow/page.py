"""The page of app.py, asked for `slides=12&guess=0&seconds=4&delay=0&broken=0&label=rose&mount=0&
seen=0&show=all&teams=0&batch=1&plain=0&total=&sets=0&run=&audience=0` in its address or in its field."""

from itertools import combinations
from urllib.parse import parse_qsl

import streamlit as st

from poetcore.evaluation.slides import Slide
from poetcore.evaluation.slideshow.show import Slideshow
from poetcore.ui.audience.invitation import invitations
from poetcore.ui.components.slideshow import slideshow

st.set_page_config(layout="wide", page_title="Slideshow")
# What is typed into the field mounts another show without the price of loading the page again.
asked = st.query_params.to_dict() | dict(parse_qsl(st.text_input("Deck")))
LABELS = ["daisy", "dandelion", asked.get("label", "rose"), "sunflower", "tulip"]
if asked.get("sets") == "1":  # as of a run of several labels a picture
    LABELS += [f"{one} and {other}" for one, other in combinations(LABELS, 2)]


def slide(number: int) -> Slide:
    """Every fourth picture is a mistake."""
    truth = LABELS[number % 5]
    said = LABELS[(number + 2) % 5] if number % 4 == 3 else truth
    other = LABELS[(number + 1) % 5]
    return Slide(
        f"{number}.png", truth, said, 0.874, ((said, 0.874), (other, 0.1), (LABELS[(number + 3) % 5], 0.026))
    )


def address(number: int) -> str:
    broken = asked.get("broken", "0") if number == 1 else "0"
    return f"/pictures/{number}?delay={asked.get('delay', '0')}&broken={broken}"


st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"Runs: {st.session_state.runs}")
st.button("Rerun")
count = int(asked.get("slides", "12")) - (2 if st.toggle("Fewer") else 0)
slides = [slide(number) for number in range(count)]
if asked.get("show") == "mistakes":
    slides = [one for one in slides if not one.correct]
show = Slideshow(
    slides,
    [address(int(one.path.split(".")[0])) for one in slides],
    LABELS,
    guess_first=asked.get("guess") == "1",
    seconds=float(asked.get("seconds", "4")),
    mark="labels changed" if "seen" in asked else "",
    notes=["seen in training" if number < int(asked.get("seen", 0)) else "" for number in range(len(slides))],
    show=asked.get("show", "all"),
    players=["Team A", "Team B"] if asked.get("teams") == "1" else ["You"],
    batch=int(asked.get("batch", "1")),
    confidence=asked.get("plain") != "1",
    total=asked.get("total", ""),
    run=asked.get("run", ""),
    title=f"{asked.get('title', 'Five flowers')} {asked.get('mount', '')}",
)
audience = invitations().current() if asked.get("audience") == "1" else None
guess_first = slideshow(show, key=f"show {asked.get('mount', 0)}", audience=audience)
st.text(f"Guess first: {guess_first}")
