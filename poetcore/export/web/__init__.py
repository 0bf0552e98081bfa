"""A run as a web page: the page's files, and the format that writes them.

Not for pages of the dashboard.
"""
