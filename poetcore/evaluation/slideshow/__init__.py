"""The slideshow that plays in a browser: its deck, its markup and behaviour, and a show as one file.

Not for where it stands on a page of the dashboard.
"""
