"""Poet beside its peers, with one and the same network: `python -m tests.benchmarks.peers TRAIN DEMO`."""
