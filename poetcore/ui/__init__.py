"""The Streamlit code that pages are made of.

Not for anything that could run without a browser.
"""
