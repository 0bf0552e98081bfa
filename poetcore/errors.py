"""What can go wrong, as one family, so that a caller can catch it in one place.

    PoetError
    ├── OptionError       an option or argument has an impossible value
    ├── PictureError      a file is not a picture that can be used
    ├── VideoError        a file is not a video that can be used
    ├── DatasetError      a folder of folders cannot be used as it is
    ├── BackboneError     a pre-trained network is unknown or cannot be built
    ├── RunError          a run is missing, unfinished or damaged
    ├── DownloadError     something could not be fetched
    ├── ParityError       an exported model does not predict as the app does
    └── ResourceError     the machine has no more of something: disk, memory

A message is one sentence that names the thing, says what is wrong, and what to do.
"""

__all__ = [
    "BackboneError",
    "DatasetError",
    "DownloadError",
    "OptionError",
    "ParityError",
    "PictureError",
    "PoetError",
    "ResourceError",
    "RunError",
    "VideoError",
]


class PoetError(Exception):
    """Anything that Poet can explain to its user in one sentence."""

    #: What a command exits with: 2 for wrong use or unusable input, 1 for anything else.
    exit_status = 2


class OptionError(PoetError):
    """An option or argument has an impossible value."""


class PictureError(PoetError):
    """A file is not a picture that can be used; the message is the reason."""


class VideoError(PoetError):
    """A file is not a video that can be used; the message says why."""


class DatasetError(PoetError):
    """A folder of folders cannot be used as it is."""


class BackboneError(PoetError):
    """A pre-trained network is unknown or cannot be built."""


class RunError(PoetError):
    """A run is missing, unfinished or damaged."""


class ParityError(PoetError):
    """An exported model does not predict as the app does."""

    exit_status = 1


class ResourceError(PoetError):
    """The machine has no more of something, or fails; nothing was wrong with what the user asked."""

    exit_status = 1


class DownloadError(PoetError):
    """Something could not be fetched; nothing was wrong with what the user asked."""

    exit_status = 1
