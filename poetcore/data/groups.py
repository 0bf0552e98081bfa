"""Groups of things that pairs link: connected components, by scipy."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

import numpy as np

__all__ = ["linked_groups"]

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
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    number: dict[Item, int] = {}
    links = [tuple(number.setdefault(item, len(number)) for item in pair) for pair in pairs]
    if not links:
        return []
    ones, others = np.array(links).T
    graph = coo_array((np.ones(len(links), bool), (ones, others)), shape=(len(number), len(number)))
    count, group_of = connected_components(graph, directed=False)
    groups: list[list[Item]] = [[] for _ in range(count)]
    for item, group in zip(number, group_of.tolist(), strict=True):
        groups[group].append(item)
    return groups
