"""The sample flowers, drawn by code.

Not for anything but the sample set.
"""
