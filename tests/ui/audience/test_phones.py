"""Which phones are let in."""

from poetcore.ui.audience.phones import Limits, Phones


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def phones(clock: Clock | None = None, **limits: int) -> Phones:
    return Phones(Limits(**limits), clock or Clock())


def test_a_token_is_known_to_who_gave_it():
    here = phones()
    token = here.new()
    assert here.known(token) == token.partition(".")[0]
    assert phones().known(token) is None


def test_a_made_up_token_is_not_known():
    here = phones()
    phone, _, signature = here.new().partition(".")
    for made_up in (None, "", ".", phone, f"{phone}x.{signature}", f"{phone}.{signature}x", "ü.ü"):
        assert here.known(made_up) is None


def test_a_full_room_takes_no_more_but_keeps_who_is_in():
    here = phones(phones=2)
    assert [here.admit(name, name) for name in "ab"] == ["", ""]
    assert "full" in here.admit("c", "c") and not here.admit("a", "a")


def test_one_address_does_not_fill_the_room():
    here = phones(phones_per_address=2)
    assert [bool(here.admit(name, "one")) for name in "abc"] == [False, False, True]
    assert not here.admit("c", "another")


def test_who_has_gone_makes_room():
    clock = Clock()
    here = phones(clock, phones=1)
    here.admit("a", "a")
    clock.now += Phones.HERE + 1
    assert here.count() == 0 and not here.admit("b", "b")


def test_who_asks_stays():
    clock = Clock()
    here = phones(clock)
    for _ in range(3):
        here.admit("a", "a")
        clock.now += Phones.HERE - 1
    assert here.count() == 1


def test_too_many_requests_within_a_second_are_too_fast():
    clock = Clock()
    here = phones(clock)
    assert [here.too_fast("a", 2) for _ in range(3)] == [False, False, True]
    assert not here.too_fast("b", 2)
    clock.now += 1
    assert not here.too_fast("a", 2)
