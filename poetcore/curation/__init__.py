"""Changes to a dataset that can be undone, and splitting into training and demo pictures.

Not for finding what is wrong (analysis).
"""
