"""How good a run is: predictions, metrics, slides, reports.

Not for training.
"""
