"""From a dataset to a finished run, here or in a child process.

Not for evaluating on a demo folder.
"""
