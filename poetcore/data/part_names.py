"""What the parts of a divided set are called, as folders or in a CSV file."""

__all__ = ["DEMO_NAMES", "TEST_NAMES", "TRAIN_NAMES", "VALIDATION_NAMES"]

TRAIN_NAMES = ("train", "training")
TEST_NAMES = ("demo", "test", "testing", "eval", "holdout")
VALIDATION_NAMES = ("valid", "validation", "val", "dev")

#: What can be evaluated on; of several parts the first in this order is meant.
DEMO_NAMES = TEST_NAMES + VALIDATION_NAMES
