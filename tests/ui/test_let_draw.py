"""The pause after what a person came for."""

from types import SimpleNamespace

import pytest

from poetcore.ui import let_draw as module


@pytest.mark.parametrize(("headers", "pauses"), [({"host": "localhost"}, 1), ({}, 0)])
def test_a_browser_that_has_just_come_is_let_draw_once(monkeypatch, headers, pauses):
    slept: list[float] = []
    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=slept.append))
    given = SimpleNamespace(session_state={}, context=SimpleNamespace(headers=headers))
    monkeypatch.setattr(module, "st", given)
    module.let_draw()
    module.let_draw()
    assert len(slept) == pauses
