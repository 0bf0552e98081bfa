"""What was dismissed stays dismissed."""

from poetcore.workspace.seen import dismiss, dismissed
from poetcore.workspace.workspace import Workspace


def test_what_was_dismissed_is_remembered(tmp_path):
    for name in ("one", "two"):
        dismiss(Workspace(tmp_path), name)
    assert dismissed(Workspace(tmp_path)) == {"one", "two"}


def test_a_damaged_list_is_an_empty_one(tmp_path):
    dismiss(Workspace(tmp_path), "one")
    (file,) = tmp_path.iterdir()
    for content in ("{", '{"a": 1}', '["one", 1]'):
        file.write_text(content)
        assert dismissed(Workspace(tmp_path)) <= {"one"}
