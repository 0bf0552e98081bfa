"""The folder in which Poet keeps what it makes, and the only code that knows its files.

Not for computing anything.
"""
