"""Where pictures come from: the web, drawn samples, archives.

Not for what is done with them afterwards.
"""
