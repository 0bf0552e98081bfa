"""The public view: what visitors see of what an owner published, and what keeps them from anything else.

A page or a route that is not listed here does not exist for them (`server.py`); `gate.py` limits what one of
them may ask; `confinement.py` has Python itself refuse to write, to start a process or to read other files.

Not for saying what is published (`workspace/published.py`; the owner's dialog is `results/publishing.py`).
"""
