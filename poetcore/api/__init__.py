"""The Python door: what `import poetcore as poet` offers.

Paths may be text, a workspace is the name of a folder, results are tables. Not for any work of its own: the
command line and the pages call the same functions.
"""
