"""Mutated files for every reader: `python -m tests.benchmarks.fuzz`."""
