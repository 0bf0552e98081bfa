"""From a picture to its feature vector: backbones, the engines that run them, the cache.

Not for labels, and not for training the last layer.
"""
