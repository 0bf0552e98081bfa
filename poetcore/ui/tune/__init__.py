"""The page Tune: a plan of many settings, its trials as they come, and what to take.

Not for tuning itself (poetcore.training.tuning).
"""
