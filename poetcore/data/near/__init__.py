"""The mathematics of near duplicates: candidates by hashes, spectra, and moving one picture onto another.

Not for deciding what is near: `data.near_duplicates` does.
"""
