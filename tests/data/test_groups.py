"""Groups of what pairs link, checked against following the links one by one."""

from hypothesis import given
from hypothesis import strategies as st

from poetcore.data.groups import linked_groups


def followed(pairs: list[tuple[int, int]]) -> set[frozenset[int]]:
    """Follow the links from every item until nothing is added."""
    groups = set()
    for start in {item for pair in pairs for item in pair}:
        group, before = {start}, set()
        while group != before:
            before = set(group)
            group |= {item for pair in pairs if group & set(pair) for item in pair}
        groups.add(frozenset(group))
    return groups


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=25))
def test_groups_are_what_following_the_links_finds(pairs: list[tuple[int, int]]) -> None:
    groups = linked_groups(pairs)
    assert {frozenset(group) for group in groups} == followed(pairs)
    assert sum(map(len, groups)) == len({item for pair in pairs for item in pair})


def test_groups_keep_the_order_of_first_occurrence() -> None:
    assert linked_groups([("d", "c"), ("x", "x"), ("a", "d")]) == [["d", "c", "a"], ["x"]]


def test_no_pairs_make_no_groups() -> None:
    assert linked_groups([]) == []
