"""Pages without a browser: how to open one, and what it shows."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from poetcore.evaluation.metrics import Metrics
from poetcore.ui.data import bring
from poetcore.ui.menu import HOME, MENU
from poetcore.workspace.offers import Offered
from poetcore.workspace.records import read_record
from poetcore.workspace.uploads import begin_upload
from poetcore.workspace.workspace import Workspace
from tests.conftest import PATIENCE, ROOT, Trained

PAGES = tuple(page.name for page in (HOME, *MENU))


def opened(page: str, **asked: str) -> AppTest:
    """Open a page with query parameters; a dataset and a demo folder are chosen, as somebody would."""
    chosen = {name: asked.pop(name) for name in ("dataset", "demo") if name in asked}
    return linked(page, chosen, **asked)


def linked(page: str, chosen: Mapping[str, str] = MappingProxyType({}), **asked: str) -> AppTest:
    """Open a page by an address, with its query parameters."""
    app = AppTest.from_file(str(ROOT / "pages" / "_shell.py"), default_timeout=PATIENCE)
    for name, value in chosen.items():
        app.session_state[f"next_{name}"] = value
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    return app if page == "home" else app.switch_page(f"{page}.py").run()


def texts_of(app: AppTest) -> str:
    """Return every sentence of a page."""
    parts = (app.markdown, app.caption, app.info, app.warning, app.error, app.success, app.header)
    return "\n".join(element.value for group in parts for element in group)


def links(app: AppTest) -> list[str]:
    """Return the pages that links lead to."""
    found = [element.proto for element in app.main if element.type == "page_link"]
    return [proto.page for proto in found]


def runs_table(app: AppTest) -> dict[str, object]:
    """The first row of the table of runs."""
    return dict(runs_of(app).to_dict("records")[0])


def runs_of(app: AppTest) -> pd.DataFrame:
    """The table of finished runs."""
    return next(
        frame.value for frame in app.dataframe if "started" in frame.value and "reason" not in frame.value
    )


def training_page(view: str, **asked: str) -> AppTest:
    """Open a view of the training page: "New training", "This run" or "All runs"."""
    return opened("train", view=view, **asked)


def metrics_of(own: Trained) -> Metrics:
    """The figures of the run on the demo folder of its sample."""
    return read_record(own.run.evaluation("demo").metrics_file, Metrics)


def relabel(own: Trained) -> None:
    """Give a demo picture another label."""
    first, other = sorted(path for path in (own.sample / "demo").iterdir() if path.is_dir())[:2]
    next(first.iterdir()).rename(other / "relabelled.jpg")


def uploaded(place: Workspace, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files come in, as if the browser had just sent them to the page that is opened next."""
    upload = begin_upload(place, [Offered(path, len(content)) for path, content in files.items()])
    for number, content in enumerate(files.values()):
        with upload.receiving(number) as file:
            file.write(content)
    monkeypatch.setattr(bring, "upload_area", lambda *_, **__: upload.id)
