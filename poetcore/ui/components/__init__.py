"""The two components with JavaScript: slideshow and picker.

Not for plain Streamlit.
"""
