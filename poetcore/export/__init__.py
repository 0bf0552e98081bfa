"""A run as a model file for other programs, compared with the app.

Not for reports or slides.
"""
