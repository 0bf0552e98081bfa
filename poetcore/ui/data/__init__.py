"""The menu's section Data: bringing pictures in, looking at them, finding issues, splitting.

Not for finding the issues themselves (poetcore.analysis) or moving files (poetcore.curation).
"""
