"""Modules are taken out of garbage collection, so that a click does not wait for it."""

import gc

from tests.ui.pages import opened


def test_a_page_takes_what_it_imported_out_of_garbage_collection(empty):
    gc.unfreeze()
    opened("home")
    assert gc.get_freeze_count() > 50_000
