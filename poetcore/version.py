"""The version, in a module that imports nothing: whoever names it does not open the whole door."""

__all__ = ["__version__"]

__version__ = "0.2.0"
