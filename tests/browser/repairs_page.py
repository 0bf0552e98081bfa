"""The page of repairs_app.py: `?folder=` shows its pictures; a rose named `a_tulip...` has a suggestion.

With `&pairs=1` each stands beside the next one of its label, and the first of the two is the one to keep.
"""

from pathlib import Path

import streamlit as st

from poetcore.curation.repair import Repairs
from poetcore.ui.gallery.pictures import Card
from poetcore.ui.gallery.repair_gallery import Repairable, repair_gallery
from poetcore.ui.gallery.repairs import draw_repairs
from poetcore.ui.scans import scanned

st.set_page_config(layout="wide", page_title="Repairs")
st.session_state.runs = st.session_state.get("runs", 0) + 1
if st.session_state.get("end"):
    st.info("The training has finished.")
st.title("Repairs of a folder")
st.text(f"Runs: {st.session_state.runs}")
folder = Path(st.query_params["folder"])
repairs = Repairs(folder)
repairs.recover()
dataset = scanned(folder)
pictures = dataset.pictures[~dataset.pictures["sha"].isin(repairs.verified())]
st.text(" ".join(f"{label}: {count}" for label, count in dataset.counts().items()))
pairs = "pairs" in st.query_params
items = [
    Repairable(
        Card(sha, f"{label} {Path(path).stem}", (Path(path).name,), ((label, 0.75),), "wrong"),
        path,
        label,
        "looks odd",
        "tulip" if label == "rose" and Path(path).name.startswith("a_tulip") else None,
        group=str(number // 2) if pairs else "",
        kept=pairs and number % 2 == 0,
    )
    for number, (path, label, sha) in enumerate(
        zip(pictures["path"], pictures["label"], pictures["sha"], strict=True)
    )
]
label = st.selectbox("Label", ["any", *dataset.labels])
shown = [item for item in items if label in ("any", item.label)]
repair_gallery(folder, shown, dataset.labels, key=f"gallery_{label}")
draw_repairs(folder)
st.button("End the training", key="end")
