"""The command line: parses, calls the packages above, prints.

Not for any work of its own.
"""
