"""Code for the browser that pages of several packages share, and how a page gets the files beside it.

Not for what needs Streamlit.
"""
