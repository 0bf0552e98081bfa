"""The three components with JavaScript: slideshow, picker and confusion matrix.

Not for plain Streamlit.
"""
