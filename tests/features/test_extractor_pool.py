"""Extractors that are lent to threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from poetcore.features.extractor_pool import ExtractorPool


def pool_of(most: int) -> tuple[ExtractorPool, list[Any]]:
    made: list[Any] = []

    def make() -> Any:
        made.append(object())
        return made[-1]

    return ExtractorPool(make, most), made


def test_an_extractor_is_lent_again_once_it_is_back():
    pool, made = pool_of(2)
    for _ in range(3):
        with pool.borrowed() as extractor:
            assert extractor is made[0]


def test_threads_at_the_same_time_get_extractors_of_their_own_up_to_the_most():
    pool, made = pool_of(2)
    meeting = threading.Barrier(2)

    def work(_: int) -> object:
        with pool.borrowed() as extractor:
            meeting.wait(timeout=60)  # two at a time, or none goes on
            return extractor

    with ThreadPoolExecutor(6) as threads:
        used = list(threads.map(work, range(6)))
    assert set(used) == set(made) and len(made) == 2


def test_an_extractor_comes_back_where_the_work_failed():
    pool, made = pool_of(1)
    try:
        with pool.borrowed():
            raise ValueError
    except ValueError:
        pass
    with pool.borrowed() as extractor:
        assert extractor is made[0]
