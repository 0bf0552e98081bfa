"""What counts as slower than a baseline, by made-up figures; never how fast anything is."""

import itertools
import json
import subprocess

import pytest

import tests.benchmarks.__main__ as benchmarks
from tests.benchmarks import compare
from tests.benchmarks.compare import BaselineError, compared, ratio_of, read_baseline
from tests.benchmarks.harness import Outcome
from tests.benchmarks.lab import Lab
from tests.benchmarks.other_code import lay_out
from tests.benchmarks.peers.__main__ import Way, peers_table
from tests.benchmarks.table import Figure, Table
from tests.conftest import ROOT
from tests.test_benchmarks import MACHINE

QUIET = (1.00, 1.01, 1.02, 0.99, 0.98)


def a_table(*figures: Figure, **differences: object) -> Table:
    return Table("Beads", MACHINE | differences, figures=list(figures))


@pytest.mark.parametrize(
    ("unit", "now", "verdict"),
    [
        ("s", (1.20, 1.21, 1.22, 1.19, 1.18), "slower"),
        ("s", (0.80, 0.81, 0.82, 0.79, 0.78), "faster"),
        ("pictures/s", (0.80, 0.81, 0.82, 0.79, 0.78), "slower"),
        ("MB", (1.20, 1.21, 1.22, 1.19, 1.18), "more memory"),
        ("s", QUIET, ""),
        ("s", (1.04, 1.04, 1.04, 1.03, 1.03), ""),  # surely, but by less than the margin
        ("s", (0.90, 1.60, 1.55, 0.97, 1.50), ""),  # a median half as long again, but noise
        ("s", (1.50, 1.51, 1.52, 1.49, 1.011), "slower"),  # one lucky repeat hides nothing
        ("%", (0.98, 0.97, 0.97, 0.97, 0.97), "lower"),
        ("s", (2.0,), ""),  # measured once: what the noise is nobody knows
    ],
)
def test_what_is_called_slower(unit: str, now: tuple[float, ...], verdict: str) -> None:
    assert ratio_of(Figure("sum", unit, QUIET), Figure("sum", unit, now)).verdict == verdict


def test_three_repeats_are_told_apart_where_their_ranges_do_not_overlap() -> None:
    before = Figure("sum", "s", (1.0, 1.1, 1.2))
    assert ratio_of(before, Figure("sum", "s", (1.21, 1.4, 1.5))).verdict == "slower"
    assert ratio_of(before, Figure("sum", "s", (1.19, 1.4, 1.5))).verdict == ""


@pytest.mark.parametrize(("n", "m"), [(3, 3), (3, 5), (5, 5), (4, 7)])
def test_chance_alone_seldom_puts_an_interval_above_1(n: int, m: int) -> None:
    orders = list(itertools.combinations(range(1, n + m + 1), m))
    above = 0
    for now in orders:
        before = tuple(float(rank) for rank in range(1, n + m + 1) if rank not in now)
        above += ratio_of(Figure("", "s", before), Figure("", "s", tuple(map(float, now)))).low > 1
    assert 0 < above / len(orders) <= max(compare.CHANCE, 1 / len(orders))


def test_what_is_in_one_only_is_told() -> None:
    found = compared(
        a_table(Figure("sum", "s", QUIET), Figure("old", "s", QUIET)),
        a_table(Figure("sum", "s", QUIET), Figure("new", "s", QUIET), Figure("none", "s", (0.0,))),
    )
    assert [one.name for one in found.ratios] == ["sum"]
    assert "Only the baseline has: old." in found.notes and "Only now has: new, none." in found.notes
    assert "Nothing got slower" in found.as_markdown()


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (Figure("sum", "s", QUIET), Figure("sum", "s", (0.0, *QUIET))),
        (Figure("sum", "s", (float("nan"), 1.0)), Figure("sum", "s", QUIET)),
        (Figure("sum", "s", QUIET), Figure("sum", "ms", tuple(1000 * one for one in QUIET))),
    ],
)
def test_what_cannot_be_compared_is_told_and_is_no_success(before: Figure, now: Figure) -> None:
    found = compared(a_table(before), a_table(now))
    assert (
        found.notes == ("Not compared, for a value that is not above 0 or another unit: sum.",)
        and compare.status_of(found) == 2
    )
    assert "nothing is known" in found.as_markdown() and "Nothing got slower" not in found.as_markdown()


def test_what_was_measured_once_is_no_success_of_which_anything_is_known() -> None:
    once = compared(a_table(Figure("sum", "s", (1.0,))), a_table(Figure("sum", "s", (2.0,))))
    assert "Nothing got slower" not in once.as_markdown()


def test_a_baseline_is_not_written_over(tmp_path, capsys) -> None:
    a_table(Figure("sum", "s", QUIET)).write(tmp_path, "benchmarks")
    before = (tmp_path / "benchmarks.json").read_text()
    asked = ["--out", str(tmp_path), "--compare", str(tmp_path / "benchmarks.json")]
    assert benchmarks.main([str(tmp_path), str(tmp_path), *asked]) == 2
    assert "would be written over" in capsys.readouterr().err
    assert (tmp_path / "benchmarks.json").read_text() == before


def test_another_machine_makes_ratios_hints() -> None:
    before = a_table(Figure("sum", "s", QUIET))
    now = a_table(
        Figure("sum", "s", QUIET), cores=2, versions={"beads": "2"}, warning="The machine was not idle."
    )
    notes = " ".join(compared(before, now).notes)
    assert "the number of cores was 10 and is 2; the ratios are only hints" in notes
    assert "Other versions: beads 1 to 2" in notes and "That was now" in notes
    assert not compared(before, before).notes


def test_the_worst_comes_first_and_is_marked() -> None:
    before = a_table(Figure("a", "s", QUIET), Figure("b", "s", QUIET))
    lines = compared(before, a_table(Figure("a", "s", QUIET), Figure("b", "s", (2.0,) * 5))).as_markdown()
    first, second = (line for line in lines.splitlines() if line.startswith(("| a", "| b")))
    assert first.startswith("| b | 1.00, 2.00 s | 2.00 (") and first.endswith("| **slower** |")
    assert second.startswith("| a ") and "Slower: b (2.00 times)." in lines


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"title": "x", "machine": {}, "figures": [{"name": 1}]}']
)
def test_an_unreadable_baseline_is_one_sentence(tmp_path, content: str | None, capsys) -> None:
    file = tmp_path / "baseline.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BaselineError, match="cannot be read"):
        read_baseline(file)
    assert compare.main([str(file), str(file)]) == 2
    assert benchmarks.main([str(tmp_path), str(tmp_path), "--compare", str(file)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 2


def test_the_command_measures_what_its_baseline_has(tmp_path, monkeypatch, capsys) -> None:
    seconds, asked = [1.0], []

    def tiny(lab: Lab, table: Table) -> None:
        asked.append((lab.repeat, lab.many))
        table.add("sum", "s", [seconds[0] + turn / 1000 for turn in range(lab.repeat)])

    monkeypatch.setattr(benchmarks, "SUITES", {"tiny": tiny, "other": None})
    monkeypatch.setattr(benchmarks, "machine", lambda: MACHINE)
    (tmp_path / "photos").mkdir()
    both = [str(tmp_path / "photos")] * 2
    first = ["--out", str(tmp_path / "first"), "--only", "tiny", "--repeat", "4", "--many", "7"]
    assert benchmarks.main([*both, *first]) == 0
    again = [*both, "--out", str(tmp_path / "again"), "--compare", str(tmp_path / "first/benchmarks.json")]
    assert benchmarks.main(again) == 0
    seconds[0] = 1.5
    assert benchmarks.main(again) == 1
    assert asked == [(4, 7)] * 3
    assert "| sum | 1.00, 1.50 s | 1.50 (1.50 to 1.50) | **slower** |" in capsys.readouterr().out
    stored = json.loads((tmp_path / "again/benchmarks.json").read_text())
    assert stored["settings"]["only"] == ["tiny"] and stored["figures"][0]["values"][0] == 1.5


def test_other_code_is_measured_with_these_benchmarks(tmp_path) -> None:
    for arguments in (["init", "--quiet"], ["add", "."]):
        (tmp_path / "old/poetcore").mkdir(parents=True, exist_ok=True)
        (tmp_path / "old/poetcore/new.py").write_text("")
        subprocess.run(["git", *arguments], cwd=tmp_path / "old", check=True)
    laid = lay_out(str(tmp_path / "old"), tmp_path / "laid")
    assert (laid / "poetcore/new.py").is_file()
    assert (laid / "tests/benchmarks/quick.py").read_text() == (
        ROOT / "tests/benchmarks/quick.py"
    ).read_text()


def test_what_is_no_other_code_is_one_sentence(tmp_path, capsys) -> None:
    assert benchmarks.main([str(tmp_path), str(tmp_path), "--against", "no such thing"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("no such thing is neither a commit") and len(told.splitlines()) == 1


def test_peers_stand_beside_the_first_way() -> None:
    answer = {"cpu_ms_each": 10.0, "ready_s": 1.0, "correct": 9, "total": 10, "difference": 2e-6}
    mine, other = (
        [Outcome(1, 250, answer | {"rate": 90.0}), Outcome(1, 250, answer | {"rate": 110.0})],
        [Outcome(1, 1300, answer | {"rate": 50.0, "second_s": 0.2})],
    )
    found = {Way("Poet", "poet_way", "auto", ()): mine, Way("Slow", "slow_way", "", ()): other}
    sizes = dict(zip(found, ({"all": 3000, "cards": 0}, {"all": 4800, "cards": 3300}), strict=True))
    first, second = peers_table(found, sizes).splitlines()[2:]
    assert first.startswith(
        "| Poet | 100 (90.0 to 110) | 1.00 times | 10.0 | 1.0 s | as the first | 250 MB | 3,000 MB |"
    )
    assert "| 2.00 times |" in second and "| 0.2 s | 1,300 MB | 4,800 MB, 3,300 of it for" in second
    assert second.endswith("| 9 of 10 | 2e-06 |")
