"""Videos: frames every so often, probabilities smoothed over time, and which label is shown when.

PyAV, an extra package, reads the files; of a file that a browser read the probabilities come in. Not for
camera and player in the browser: those are in `ui/live`.
"""
