"""Fine-tuning: the last blocks of a network are trained too, on the cached output of the blocks before them.

`cut` divides a network, `maps` computes and keeps what its first part gives, `tail` trains the rest with
TensorFlow in the process of `worker`, `child` follows that process, and `tuned` is what a run makes of it.

Not for training the last layer alone (training.train).
"""
