"""Fine-tuning: the last blocks of a network are trained too, on the cached output of the blocks before them.

`cut` divides a network, `maps` computes and keeps what its first part gives, `tail` trains the rest with
TensorFlow in the process of `worker`, and `tune` is what a run does of it.
"""
