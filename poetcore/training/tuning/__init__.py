"""Many settings tried on the same cached features: the plan, the trials, the honest choice, the process.

Not for training the run that is kept (`training/retrain.py`), nor for showing anything (`ui`, `cli`).
"""
