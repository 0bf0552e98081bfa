"""The menu's section Results: figures, matrix and pictures of an evaluation; the slideshow's settings.

Not for computing a figure (poetcore.evaluation).
"""
