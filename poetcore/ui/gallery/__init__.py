"""Pictures on a page: grids of cards, and those in which a picture is relabelled or set aside.

Not for what a dataset, a run or an evaluation shows in them; that is beside.
"""
