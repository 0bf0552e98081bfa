"""What `images` needs to decode whatever file is brought: formats, colours, and why a file is refused.

Not for callers elsewhere: a picture is seen through `data.images` alone.
"""
