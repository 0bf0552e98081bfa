"""Projections of feature vectors to two dimensions, the map: how they are made, where they are kept.

Not for the feature vectors themselves (`embedding.py` beside).
"""
