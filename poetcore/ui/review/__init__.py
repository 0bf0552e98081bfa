"""The review on the page Evaluate and in the light-box: verdicts, progress, what they come to.

Not for what a verdict means or the corrected accuracy (`evaluation/review`).
"""
