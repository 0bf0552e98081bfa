"""Review: who is wrong, the model or the label, and the accuracy corrected for it.

Not for repairing the pictures (`curation`), and not for pages and their routes (`ui`).
"""
