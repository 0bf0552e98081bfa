"""Groups of things that pairs link, directly or through others."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

__all__ = ["GROUP_BY", "linked_groups"]

#: What holds pictures together in a split, each with what those before it have. exact: the same content, or
#: the same name before `_nohash_`, as what the camera took in one go has; near: near duplicates too; folder:
#: the same sub-folder of a label too.
GROUP_BY = ("exact", "near", "folder")

Item = TypeVar("Item", bound=Hashable)


def linked_groups(pairs: Iterable[tuple[Item, Item]]) -> list[list[Item]]:
    """Group items that are linked by pairs, directly or through others.

    Args:
        pairs: links between two items; one of an item with itself makes a group of one.

    Returns:
        The groups, each with its items in the order in which they first occur; the groups in the order of
        their first items.

    Examples:
        >>> linked_groups([("b", "c"), ("x", "x"), ("a", "b")])
        [['b', 'c', 'a'], ['x']]
    """
    # Not scipy's connected components: importing it takes longer than grouping thousands of pictures.
    number: dict[Item, int] = {}
    leader: list[int] = []

    def lead(item: Item) -> int:
        one = number.setdefault(item, len(leader))
        if one == len(leader):
            leader.append(one)
        while leader[one] != one:
            leader[one] = one = leader[leader[one]]
        return one

    for first, second in pairs:
        one, other = lead(first), lead(second)
        leader[max(one, other)] = min(one, other)
    groups: dict[int, list[Item]] = {}
    for item in number:
        groups.setdefault(lead(item), []).append(item)
    return list(groups.values())
