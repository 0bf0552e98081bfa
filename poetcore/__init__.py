"""Poet: teach a picture classifier new categories, then show people how good it is."""

__version__ = "0.2.0"
