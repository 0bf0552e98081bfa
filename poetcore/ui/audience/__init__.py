"""An audience that votes with its phones: a small server of its own, and how the slideshow talks to it.

Not for what is shown of it in the slideshow, which is a part of that component.
"""
