"""Progress where people look: a bar in a notebook."""

import sys
from types import ModuleType

import pytest

from poetcore.system.progress import Progress
from poetcore.system.progress_bars import NotebookBars


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTML that a notebook shows, one state after the other."""
    states: list[str] = []

    class Handle:
        def update(self, data: dict[str, str], **_: object) -> None:
            states.append(data["text/html"])

    def display(data: dict[str, str], **_: object) -> Handle:
        states.append(data["text/html"])
        return Handle()

    module = ModuleType("IPython.display")
    module.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return states


def test_a_notebook_shows_one_bar_and_nothing_when_the_work_is_done(shown):
    with NotebookBars() as bars:
        bars.show(Progress("training", 1, 4))
        bars.show(Progress("training", 4, 4))
    assert shown == [
        '<progress value="0.250"></progress> Training the last layer: 1 of 4',
        '<progress value="1.000"></progress> Training the last layer: 4 of 4',
        "",
    ]


def test_a_bar_of_an_unknown_total_has_no_value_and_words_are_escaped(shown):
    with NotebookBars() as bars:
        bars.show(Progress("exporting", message="Writing <b>"))
    assert shown[0] == "<progress ></progress> Writing &lt;b&gt;"


def test_a_bar_is_not_redrawn_for_every_picture(shown):
    with NotebookBars() as bars:
        for done in range(1, 1001):
            bars.show(Progress("bottlenecks", done, 100_000))
    assert len(shown) < 100


def test_work_without_progress_shows_nothing(shown):
    with NotebookBars():
        pass
    assert shown == []
