"""The model with the program that runs it on a small computer, such as a Raspberry Pi, as one zip file.

Not for web pages, which run in a visitor's browser (`export.web`).
"""
