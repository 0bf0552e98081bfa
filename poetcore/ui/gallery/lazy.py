"""A list whose entries are made when they are asked for: of tens of thousands of cards a page shows 24."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

__all__ = ["Lazy"]

S = TypeVar("S")
T = TypeVar("T")


class Lazy(Sequence[T], Generic[S, T]):
    """Something of each entry of another list, made anew each time it is asked for.

    Args:
        of: the other list, whose entries can be hashed.
        make: makes an entry of one of its entries.
    """

    def __init__(self, of: Sequence[S], make: Callable[[S], T]) -> None:
        self._of = of
        self._make = make

    def __len__(self) -> int:
        return len(self._of)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> list[T]: ...

    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self._make(one) for one in self._of[place]]
        return self._make(self._of[place])

    def __hash__(self) -> int:
        """Compute a hash of what the entries are made of, which no entry is made for."""
        return hash(tuple(self._of))
