"""Groups of labels and costs of mistakes on pages: the form, the figures, what is said of a prediction.

Not for what they mean (evaluation.label_groups), nor for groups of near duplicates (ui.data.health).
"""
