"""Predict: the labels of new pictures, by a run."""

import pandas as pd
import streamlit as st

from poetcore.system.names import natural_key
from poetcore.ui.choice import chosen
from poetcore.ui.gallery.about import about_run
from poetcore.ui.label_groups.predicted import decisions_of
from poetcore.ui.no_run import draw_no_run
from poetcore.ui.page_end import end_page
from poetcore.ui.text import few, plain
from poetcore.ui.use.predictions import draw_predictions, draw_table, predict, table_of
from poetcore.workspace.records import to_csv

run = chosen().run
if run is None:
    draw_no_run("predict with")
    end_page()
labels = sorted(run.labels(), key=natural_key)
st.markdown(f"Model **{plain(run.title)}** ({len(labels)} labels): {plain(few(labels))}.")
# Any ending: what a file is, its content tells.
files = st.file_uploader("Pictures", accept_multiple_files=True, key="uploads")
photos = [(file.name, file.getvalue()) for file in files]
if st.toggle("Use the camera", key="camera_on"):
    shot = st.camera_input("Take a picture", key="camera")
    if shot:
        photos.insert(0, ("camera.jpg", shot.getvalue()))
with st.container(horizontal=True):
    for view, label in (("Camera", "See it live"), ("Collect", "Take pictures to train on")):
        st.page_link("live.py", label=label, icon=":material/videocam:", query_params={"view": view})
if not photos:
    st.caption("Drop pictures above: they go no further than the computer that Poet runs on.")
    end_page()

found = predict(run, photos)
refused = [one for one in found if one.probabilities is None]
for one in refused:
    st.warning(f"{plain(one.path)} {plain(one.reason)}.", icon=":material/warning:")
labelled = [
    (one, content) for one, (_, content) in zip(found, photos, strict=True) if one.probabilities is not None
]
if not labelled:
    end_page()

decisions = decisions_of(run, [one for one, _ in labelled])
draw_predictions(labelled, about_run(run), decisions)
table: pd.DataFrame = table_of([one for one, _ in labelled], decisions)
with st.expander("As a table", icon=":material/table_view:"):
    draw_table(table)
st.download_button(
    "Predictions as CSV", to_csv(table), "predictions.csv", "text/csv", icon=":material/download:"
)
