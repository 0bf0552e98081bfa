"""Why a model predicts a label: where in a picture it sees it, and which training pictures are alike.

Not for drawing that in a page (`ui`), and not for whether a picture is unlike all that was trained on.
"""
