"""The page Live: a model at work on a camera or a video, and pictures that are taken for a new one.

Not for taking and checking what is not shown live (poetcore.ui.use, poetcore.ui.data).
"""
