"""What is wrong with a dataset: health checks, label errors, near duplicates.

It only reads. Not for repairing (curation).
"""
