"""What was dismissed stays dismissed."""

from concurrent.futures import ThreadPoolExecutor

from poetcore.workspace.seen import dismiss, dismissed
from poetcore.workspace.workspace import Workspace


def test_what_was_dismissed_is_remembered(tmp_path):
    for name in ("one", "two"):
        dismiss(Workspace(tmp_path), name)
    assert dismissed(Workspace(tmp_path)) == {"one", "two"}


def test_a_damaged_list_is_an_empty_one(tmp_path):
    dismiss(Workspace(tmp_path), "one")
    file = tmp_path / "dismissed.json"
    for content in ("{", '{"a": 1}', '["one", 1]', "[" * 50_000):
        file.write_text(content)
        assert dismissed(Workspace(tmp_path)) <= {"one"}


def test_two_windows_may_dismiss_at_once(tmp_path):
    names = {f"page {number}" for number in range(24)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: dismiss(Workspace(tmp_path), name), names))
    assert dismissed(Workspace(tmp_path)) == names


def test_where_nothing_can_be_written_dismissing_is_no_error(tmp_path):
    (tmp_path / "dismissed.json").mkdir()
    dismiss(Workspace(tmp_path), "one")
    assert not dismissed(Workspace(tmp_path))
