"""Rounds, votes and score of an audience."""

from poetcore.ui.audience.ballot import Ballot, Score

LABELS = ["daisy", "rose", "tulip"]


def asked(*votes: int) -> Ballot:
    """A slide on the screen, and a phone for each vote."""
    ballot = Ballot()
    ballot.ask("a", LABELS)
    for phone, label in enumerate(votes):
        assert ballot.vote(f"phone {phone}", 1, label)
    return ballot


def counts(ballot: Ballot) -> list[int]:
    assert ballot.round
    return ballot.round.counts()


def test_votes_are_counted_by_label():
    assert counts(asked(0, 2, 2)) == [1, 0, 2]


def test_a_phone_has_one_vote_a_slide_its_last():
    ballot = asked(0, 0)
    ballot.vote("phone 0", 1, 1)
    assert counts(ballot) == [1, 1, 0]


def test_a_vote_for_the_slide_before_does_not_count():
    ballot = asked()
    ballot.ask("b", LABELS)
    assert not ballot.vote("late", 1, 0) and counts(ballot) == [0, 0, 0]


def test_a_label_that_is_not_offered_does_not_count():
    ballot = asked()
    assert not ballot.vote("phone", 1, 3) and not ballot.vote("phone", 1, -1)


def test_nothing_is_voted_on_once_the_answer_is_shown_also_when_it_is_hidden_again():
    ballot = asked(0)
    ballot.reveal("a", LABELS, "rose", "rose")
    ballot.ask("a", LABELS)
    assert not ballot.vote("late", 1, 1) and counts(ballot) == [1, 0, 0]


def test_nothing_is_voted_on_in_a_pause():
    ballot = asked()
    ballot.pause()
    assert not ballot.vote("phone", 1, 0)


def test_a_slide_that_comes_back_has_the_votes_that_it_had():
    ballot = asked(2)
    ballot.ask("b", LABELS)
    ballot.ask("a", LABELS)
    assert counts(ballot) == [0, 0, 1]


def test_the_audience_is_right_with_most_votes_for_the_true_label():
    ballot = asked(1, 1, 0)
    ballot.reveal("a", LABELS, "rose", "daisy")
    assert ballot.score == Score(audience=1, model=0, of=1)


def test_a_tie_is_wrong():
    ballot = asked(1, 0)
    ballot.reveal("a", LABELS, "rose", "rose")
    assert ballot.score == Score(audience=0, model=1, of=1)


def test_a_slide_without_votes_is_not_counted():
    ballot = asked()
    ballot.reveal("a", LABELS, "rose", "rose")
    assert ballot.score == Score()


def test_a_slide_is_counted_once():
    ballot = asked(1)
    for _ in range(2):
        ballot.reveal("a", LABELS, "rose", "rose")
    assert ballot.score.of == 1


def test_a_show_that_begins_anew_is_voted_on_anew():
    ballot = asked(1)
    ballot.reveal("a", LABELS, "rose", "rose")
    ballot.restart()
    ballot.ask("a", LABELS)
    assert counts(ballot) == [0, 0, 0] and ballot.score == Score()
    assert ballot.vote("phone", 2, 0), "the number of a round is not given twice"


def test_each_phone_knows_its_own_score():
    ballot = asked(1, 0)
    ballot.reveal("a", LABELS, "rose", "rose")
    assert [ballot.score_of(f"phone {number}") for number in range(3)] == [(1, 1), (0, 1), (0, 0)]
