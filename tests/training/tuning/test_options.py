"""What a tuning tries: lists of values, the grid, the draw."""

from pathlib import Path

import pytest

from poetcore.errors import BackboneError, OptionError
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.training.tuning.options import TUNED, TuneOptions, joined
from poetcore.training.tuning.settings import Setting, settings_of, varying

HERE = Path("photos")
STEPS = {"head": "gradient_descent", "learning_rate": "0.01,0.1", "how_many_training_steps": "50,100,200"}


def test_a_list_is_read_value_by_value():
    values = TuneOptions(HERE, learning_rate=" 0.01, 1e-1,0.01", flip_left_right="off,on").values()
    assert values["learning_rate"] == (0.01, 0.1)
    assert values["flip_left_right"] == (False, True)


@pytest.mark.parametrize("values", [[0.01, 0.1], [False, True], ["a", 'b,"c'], 500, True])
def test_values_become_text_that_is_read_again(values):
    assert joined(joined(values)) == joined(values)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"learning_rate": "fast"}, "learning_rate must list numbers"),
        ({"learning_rate": "0.1,-1"}, "learning_rate must be more than 0"),
        ({"learning_rate": "nan"}, "learning_rate must be a finite number"),
        ({"how_many_training_steps": "1e3"}, "how_many_training_steps must list numbers"),
        ({"how_many_training_steps": ""}, "how_many_training_steps is an empty list"),
        ({"how_many_training_steps": ","}, "how_many_training_steps is an empty list"),
        ({"head": "forest"}, "Unknown head 'forest'"),
        ({"class_weight": "heavy"}, "Unknown class_weight 'heavy'"),
        ({"flip_left_right": "maybe"}, "flip_left_right must list off or on"),
        ({"architecture": "lite0"}, "architecture: Unknown architecture 'lite0'"),
        ({"max_pictures_per_label": "2"}, "max_pictures_per_label must be 3 or more"),
        ({"method": "genetic"}, "Unknown method 'genetic'"),
        ({"learning_rate": "0.1\n0.2"}, "learning_rate cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_told(given, said):
    with pytest.raises((OptionError, BackboneError), match=said):
        settings_of(TuneOptions(HERE, **given))


def test_a_grid_has_every_combination():
    settings = settings_of(TuneOptions(HERE, **STEPS))
    assert {(one.learning_rate, one.how_many_training_steps) for one in settings} == {
        (rate, steps) for rate in (0.01, 0.1) for steps in (50, 100, 200)
    }


def test_what_means_nothing_to_ridge_makes_no_further_trial():
    settings = settings_of(TuneOptions(HERE, **STEPS | {"head": "gradient_descent,ridge"}))
    assert [one.head for one in settings].count("ridge") == 1


def test_a_grid_with_too_many_trials_is_refused():
    with pytest.raises(OptionError, match="6 trials, more than trials = 5: allow them with --trials 6"):
        settings_of(TuneOptions(HERE, **STEPS, trials=5))


def test_a_draw_takes_different_combinations_and_is_repeated_by_its_seed():
    drawn = settings_of(TuneOptions(HERE, **STEPS, method="random", trials=4, seed=3))
    assert len(set(drawn)) == 4
    assert drawn == settings_of(TuneOptions(HERE, **STEPS, method="random", trials=4, seed=3))
    assert drawn != settings_of(TuneOptions(HERE, **STEPS, method="random", trials=4, seed=4))


def test_a_draw_takes_all_where_there_are_fewer():
    assert len(settings_of(TuneOptions(HERE, **STEPS, method="random", trials=60))) == 6


def test_endless_combinations_are_refused():
    many = ",".join(str(number) for number in range(1, 1001))
    options = TuneOptions(
        HERE, head="ridge", how_many_training_steps=many, train_batch_size=many, learning_rate="1"
    )
    with pytest.raises(OptionError, match="1,000,000 combinations"):
        settings_of(options)


def test_what_is_tuned_are_options_of_a_run():
    assert set(TUNED) <= set(options_of(RunConfig))


def test_a_trial_becomes_the_configuration_of_a_run():
    options = TuneOptions(HERE, group_by="exact", labels="a,b", seed=5)
    config = Setting("efficientnet_lite0", learning_rate=0.5, flip_left_right=True).config(options)
    assert (config.image_dir, config.labels, config.training.group_by) == (HERE, "a,b", "exact")
    assert (config.training.learning_rate, config.training.seed) == (0.5, 5)
    assert config.augmentation.flip_left_right


def test_words_name_only_what_differs():
    settings = settings_of(TuneOptions(HERE, **STEPS | {"head": "gradient_descent,ridge"}))
    names = varying(settings)
    assert [one.words(names) for one in (settings[0], settings[-1])] == ["rate 0.01, 50 steps", "ridge"]
    assert settings[0].words([]) == "efficientnet_lite0"
