"""What is wrong with a dataset: health checks, label errors, near duplicates.

It only reads; repairing is curation.
"""
