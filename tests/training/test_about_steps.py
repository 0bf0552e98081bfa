"""What steps and rate did to the pictures of a run, in one sentence."""

import re

import pytest

from poetcore.training.about_steps import about_steps
from poetcore.training.verdict import CurveKind, Verdict

SAID = {
    CurveKind.OVERFITTING: r"near its lowest \(.*\) by about step [\d,]+, and then up to .*: fewer steps",
    CurveKind.STILL_IMPROVING: "still falling: more steps, or a higher rate",
    CurveKind.FLAT: r"near its lowest \(.*\) by about step [\d,]+: more steps change little",
    CurveKind.RATE_TOO_HIGH: "overshot, .*: a lower rate",
}


def sentence(run, kind: CurveKind, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("poetcore.training.about_steps.run_verdict", lambda _: Verdict(kind, "It is so."))
    return about_steps(run)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SAID)
def test_it_follows_from_what_the_curves_look_like(trained, monkeypatch, kind):
    found = sentence(trained.run, kind, monkeypatch)
    assert found.startswith("On these pictures 300 steps at a learning rate of 0.01 ")
    assert re.search(SAID[kind], found)


@pytest.mark.slow
def test_a_higher_rate_is_told_to_be_quicker_only_where_it_does_not_overshoot(trained, monkeypatch):
    told = {kind: "ten times the rate" in sentence(trained.run, kind, monkeypatch) for kind in SAID}
    assert [kind for kind, said in told.items() if not said] == [CurveKind.RATE_TOO_HIGH]


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(set(CurveKind) - set(SAID)))
def test_where_the_curves_say_nothing_it_is_empty(trained, monkeypatch, kind):
    assert sentence(trained.run, kind, monkeypatch) == ""
