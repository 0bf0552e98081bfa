"""The corrected accuracy against counting by hand."""

import math

import numpy as np
import pytest

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.corrected import Corrected, corrected
from poetcore.evaluation.review.review import Review, record_verdicts
from poetcore.evaluation.review.sample import random_sample
from poetcore.evaluation.review.sentences import about_review, corrected_words
from poetcore.evaluation.review.verdicts import Verdict
from tests.evaluation.review.drawn import evaluation, sha, written


def after(folder, found: Evaluation, *verdicts: Verdict) -> Corrected:
    place = written(folder / "demo", found)
    record_verdicts(place, found, verdicts)
    return corrected(found, Review.of(place))


def all_mistakes() -> list[Verdict]:
    """Twenty: 8 labels wrong as the model says, 2 wrong otherwise, 3 ambiguous, 2 unusable, 5 the model's."""
    return [
        *(Verdict(sha(i), "label_wrong", "bee") for i in range(8)),
        *(Verdict(sha(i), "label_wrong", "cat") for i in (8, 9)),
        *(Verdict(sha(i), "ambiguous") for i in (10, 11, 12)),
        *(Verdict(sha(i), "unusable") for i in (13, 14)),
        *(Verdict(sha(i), "label_correct") for i in range(15, 20)),
    ]


def sampled(found: Evaluation, right: int, wrong: int = 0, unusable: int = 0) -> list[Verdict]:
    """Verdicts on the beginning of the random sample."""
    kinds = ["label_wrong"] * wrong + ["unusable"] * unusable + ["label_correct"] * right
    drawn = random_sample(found.predictions, len(kinds))["sha"]
    return [Verdict(s, k, "cat" if k == "label_wrong" else "") for s, k in zip(drawn, kinds, strict=True)]


def test_all_mistakes_reviewed_is_what_one_counts_by_hand(tmp_path):
    found = after(tmp_path, evaluation(), *all_mistakes())
    # 80 of 100 were right; 8 more are, and 2 of the 100 are taken out.
    assert (found.before, found.reviewed) == (Accuracy(80, 100), Accuracy(88, 98))
    assert found.accuracy == 88 / 98 and found.interval == Accuracy(88, 98).interval
    z2 = 1.959963984540054**2
    centre = (88 / 98 + z2 / 196) / (1 + z2 / 98)
    half = math.sqrt(z2 * (88 / 98 * 10 / 98 / 98 + z2 / (4 * 98**2))) / (1 + z2 / 98)
    assert found.interval == pytest.approx((centre - half, centre + half))
    assert (found.became_right, found.became_wrong, found.taken_out, found.mistakes_reviewed) == (8, 0, 2, 20)


def test_ambiguous_pictures_count_by_their_label_and_what_they_are_without_is_told(tmp_path):
    found = after(tmp_path, evaluation(), *all_mistakes())
    assert found.without_ambiguous == Accuracy(88, 95)
    assert "3 ambiguous pictures count by the label as it is; without them the accuracy is 92.6 %." in (
        about_review(found)
    )


def test_only_the_mistakes_reviewed_is_said_and_bounded(tmp_path):
    found = after(tmp_path, evaluation(), *all_mistakes())
    first, *_, last = about_review(found)
    assert first == (
        "All 20 misclassified pictures were reviewed: on 8 of them the label is wrong and the model right;"
        " taken out as not usable: 2 pictures."
    )
    assert "Of the 80 pictures labelled as predicted none was reviewed." in last
    assert "1 % of such pictures would lower the accuracy by 0.8 points, and only" in last
    assert corrected_words(found) == "89.8 % (82 to 94 %), 80.0 % before the review"


def test_mistakes_without_a_verdict_stay_mistakes(tmp_path):
    found = after(tmp_path, evaluation(), Verdict(sha(0), "label_wrong", "bee"))
    assert found.reviewed == Accuracy(81, 100)
    assert "The other 19 count as mistakes until then." in about_review(found)[0]


def test_a_wrong_label_that_the_model_follows_lowers_the_accuracy(tmp_path):
    found = after(tmp_path, evaluation(), Verdict(sha(50), "label_wrong", "cat"))
    assert (found.reviewed, found.became_wrong) == (Accuracy(79, 100), 1)


def test_a_random_sample_is_told_for_the_rest(tmp_path):
    data = evaluation()
    found = after(tmp_path, data, *all_mistakes(), *sampled(data, 36, wrong=4))
    # Of the mistakes 8 of 18 are right, of the sample 36 of 40, and so 36 of the 40 others.
    assert found.estimate is not None
    assert found.accuracy == pytest.approx((8 + 36 + 36) / 98)
    assert (found.estimate.wrong, found.estimate.sample, found.estimate.rest) == (4, 40, 40)
    low, high = Accuracy(36, 40).interval
    assert found.estimate.wrong_interval == pytest.approx((1 - high, 1 - low))
    assert found.estimate.hidden == math.ceil((1 - low) * 40)
    of_all = Accuracy(80, 98).interval
    by_hand = math.hypot(80 / 98 - of_all[0], 40 / 98 * math.sqrt(2) * (0.9 - low))
    assert found.interval[0] == pytest.approx(80 / 98 - by_hand)


def test_a_sample_without_a_wrong_label_still_leaves_a_doubt_downwards(tmp_path):
    data = evaluation()
    found = after(tmp_path, data, *all_mistakes(), *sampled(data, 20))
    plain = found.reviewed.interval
    assert found.accuracy == pytest.approx(88 / 98)
    assert found.interval[0] < plain[0] - 0.01 and found.interval[1] == pytest.approx(plain[1])


def test_where_all_pictures_are_reviewed_the_estimate_is_the_count(tmp_path):
    data = evaluation()
    found = after(tmp_path, data, *all_mistakes(), *sampled(data, 75, wrong=4, unusable=1))
    assert found.reviewed == Accuracy(83, 97)
    assert found.accuracy == pytest.approx(83 / 97)
    assert found.interval == pytest.approx(found.reviewed.interval)


def test_unusable_pictures_of_the_sample_make_the_rest_smaller(tmp_path):
    data = evaluation()
    found = after(tmp_path, data, *sampled(data, 30, wrong=0, unusable=10))
    # Of the 40 others a quarter is not usable either: 0 + 30 + 30 of 20 + 30 + 30.
    assert found.accuracy == pytest.approx(60 / 80)


def test_reviewed_pictures_that_are_not_of_the_sample_count_as_they_are(tmp_path):
    data = evaluation()
    last = random_sample(data.predictions)["sha"].iloc[-1]
    found = after(tmp_path, data, *sampled(data, 20), Verdict(last, "label_wrong", "cat"))
    assert (found.sample, found.estimate.rest) == (20, 59)
    assert found.accuracy == pytest.approx((20 + 59) / 100)


def test_a_handful_is_no_sample(tmp_path):
    data = evaluation()
    found = after(tmp_path, data, *sampled(data, 9))
    assert (found.estimate, found.sample) == (None, 9)
    assert about_review(found)[0] == (
        "None of the 20 misclassified pictures was reviewed yet: they count as mistakes."
    )


def test_pictures_seen_in_training_stay_out(tmp_path):
    data = evaluation(leaked=30)
    seen = Verdict(sha(99), "label_wrong", "cat")
    found = after(tmp_path, data, *all_mistakes(), seen)
    assert (found.before, found.reviewed, found.became_wrong) == (Accuracy(50, 70), Accuracy(58, 68), 0)


def test_that_mistakes_seen_in_training_are_not_counted_is_said(tmp_path):
    found = after(tmp_path, evaluation(wrong=60, leaked=45), *all_mistakes())
    assert (found.mistakes, found.mistakes_seen) == (55, 5)
    assert about_review(found)[0].startswith(
        "20 of the 55 misclassified pictures not seen in training were reviewed:"
    )


def test_what_was_a_mistake_until_it_was_repaired_is_no_part_of_the_sample(tmp_path):
    data = evaluation()
    place = written(tmp_path / "demo", data)
    record_verdicts(place, data, [Verdict(sha(i), "label_wrong", "bee") for i in range(8)])
    labels = ["bee"] * 8 + ["ant"] * 92
    repaired = data.predictions.assign(label=labels, correct=data.predictions["predicted"] == labels)
    review = Review.of(place)
    assert len(random_sample(repaired)) == 88
    assert set(random_sample(repaired, review=review)["sha"]) == {sha(i) for i in range(20, 100)}


def test_where_most_pictures_were_seen_nothing_is_corrected(tmp_path):
    found = after(tmp_path, evaluation(leaked=60), *all_mistakes())
    assert (found.accuracy, found.interval) == (None, None)
    assert "no accuracy to correct" in about_review(found)[0]


def test_near_duplicates_make_it_less_certain(tmp_path):
    from dataclasses import replace

    data = evaluation()
    data = replace(data, metrics=replace(data.metrics, independent=50.0))
    found = after(tmp_path, data, *all_mistakes())
    assert found.reviewed == Accuracy(88, 98, pytest.approx(49.0))


def test_a_verdict_that_does_not_count_is_told(tmp_path):
    data = evaluation()
    place = written(tmp_path / "demo", data)
    record_verdicts(place, data, [Verdict(sha(0), "label_wrong", "bee")])
    changed = data.predictions.assign(label=["cat"] + ["ant"] * 99)
    found = corrected(Evaluation(data.metrics, changed), Review.of(place))
    assert about_review(found) == ["1 verdict does not count: the label was changed since."]


def test_without_a_verdict_nothing_is_told(tmp_path):
    assert about_review(corrected(evaluation(), Review())) == []


def test_the_sample_hangs_on_contents_alone_and_a_larger_one_has_all_of_a_smaller():
    data = evaluation().predictions
    shuffled = data.sample(frac=1, random_state=1)
    assert random_sample(data, 30)["sha"].tolist() == random_sample(shuffled, 30)["sha"].tolist()
    assert random_sample(data, 60)["sha"].tolist()[:30] == random_sample(data, 30)["sha"].tolist()
    assert random_sample(data)["correct"].all()


def test_the_interval_holds_the_truth_nineteen_times_of_twenty():
    """Of many draws of 200 pictures, of which the truth of 160 labelled as predicted is known of 40."""
    from poetcore.evaluation.review.estimate import estimate

    draw = np.random.default_rng(0)
    held = []
    for _ in range(2000):
        right = draw.random(200) < 0.8  # as labelled
        truly = np.where(right, draw.random(200) < 0.93, draw.random(200) < 0.4)
        among, mistakes = truly[right], truly[~right]
        sample, rest = among[:40], among[40:]
        known = (int(mistakes.sum() + sample.sum()), len(mistakes) + 40)
        of_all = Accuracy(int(mistakes.sum() + sample.sum() + len(rest)), 200)
        found = estimate(known, (int(sample.sum()), 40, 40), len(rest), of_all)
        held.append(found.interval[0] <= 0.8 * 0.93 + 0.2 * 0.4 <= found.interval[1])
    assert 0.93 < np.mean(held) < 0.985
