"""Pictures and folders of pictures as they are on disk.

Not for what is wrong with them (analysis) or what a network sees in them (features).
"""
