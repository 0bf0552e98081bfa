"""The menu's section Use: a model at work on new pictures.

Not for classifying them (poetcore.evaluation.classifier).
"""
