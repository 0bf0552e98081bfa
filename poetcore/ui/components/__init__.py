"""The components with JavaScript: slideshow, picker, confusion matrix, upload area, history of the browser.

Not for plain Streamlit.
"""
