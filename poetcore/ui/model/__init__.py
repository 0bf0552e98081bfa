"""The menu's section Model: settings, a training while it runs, the runs, exports.

Not for training itself (poetcore.training).
"""
