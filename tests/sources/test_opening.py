"""Several sources at once: which label is whose, and what becomes of one that fails."""

import pytest

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.gather import gather
from poetcore.sources.opening import Endpoints, in_turn, open_sources, pair_labels
from poetcore.sources.origin import Origin
from poetcore.sources.urls import UrlEntry
from tests.sources.conftest import ONE_RETRY

A, B, C = (Origin("urls", name) for name in "abc")


@pytest.mark.parametrize(
    ("labels", "paired"),
    [([], ["", "", ""]), (["x"], ["x", "x", "x"]), (["x", "y", "z"], ["x", "y", "z"])],
)
def test_labels_are_none_or_one_for_all_or_one_each(labels, paired):
    assert pair_labels(labels, [A, B, C]) == list(zip(paired, (A, B, C), strict=True))


@pytest.mark.parametrize("labels", [["x", "y"], ["x"] * 4])
def test_other_numbers_of_labels_are_refused(labels):
    with pytest.raises(OptionError, match=f"{len(labels)} labels cannot be shared out among 3 sources"):
        pair_labels(labels, [A, B, C])


def failing():
    yield UrlEntry("http://b/1")
    raise DownloadError("the service broke off")


def test_sources_take_turns_and_a_failed_one_is_raised_at_the_end():
    taken = []
    with pytest.raises(DownloadError, match="broke off"):
        taken.extend(
            one.url for one in in_turn([[UrlEntry("http://a/1"), UrlEntry("http://a/2")], failing()])
        )
    assert taken == ["http://a/1", "http://b/1", "http://a/2"]


def test_lists_of_one_label_become_one_source(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(f"http://{name}/1.jpg\nhttp://{name}/2.jpg\n")
    wanted = [("rose", Origin("urls", str(tmp_path / name))) for name in "ab"]
    (source,) = open_sources(wanted, Endpoints(), ONE_RETRY, print)
    assert (source.expected, [entry.url[7] for entry in source.entries]) == (4, ["a", "b", "a", "b"])


def test_a_synset_without_a_list_does_not_stop_the_others(server, index, tmp_path):
    def listed(query):
        return "\n".join(server.photos(2)) if query["wnid"] == "n00000002" else ""

    server.page("/urls", lambda handler: handler.answer(200, listed(handler.query()).encode(), "text/plain"))
    wanted = [("", Origin("wnid", f"n0000000{i}")) for i in (1, 2)]
    sources = open_sources(wanted, Endpoints(server.url + "/urls?wnid={wnid}"), ONE_RETRY, print)
    done = gather(tmp_path / "dest", sources, index, options=ONE_RETRY)
    assert (done.labels["n00000001"].kept, done.labels["n00000002"].kept) == (0, 2)
    assert "No list of URLs for n00000001" in done.problems[0]


def test_a_setting_of_another_version_is_ignored():
    assert Origin.from_json("taxon", "Amanita", '{"count": 5, "colour": "red"}') == Origin(
        "taxon", "Amanita", 5
    )
