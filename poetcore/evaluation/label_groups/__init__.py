"""Groups of labels in use: when one is predicted, how good that is, a threshold for a wanted recall, costs.

Not for which groups a run has (workspace.label_groups), nor for groups of near duplicates (data.grouping).
"""
