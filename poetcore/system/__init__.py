"""What any program needs of the machine: files, databases, processes.

Not for anything about pictures.
"""
