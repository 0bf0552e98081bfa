"""Records of runs as tests want them: the shortest that is whole, and one whose values were changed."""

import json
from pathlib import Path
from typing import Any

from poetcore.workspace.run_record import RunRecord

__all__ = ["change_record", "short_record"]


def short_record(name: str = "run", **values: Any) -> RunRecord:
    """Return the record of a run of which nothing is told that need not be."""
    told: dict[str, Any] = {
        "created": "2024-05-06",
        "image_dir": "/p",
        "backbone": "b",
        "input_size": 224,
        "labels": ["x", "y"],
        "options": {"how_many_training_steps": 100},
        "splits": {},
        "skipped": [],
        "bottlenecks": {"computed": 0, "cached": 0},
        "timings": {"total_s": 1.0},
        "metrics": {},
        "versions": {},
    }
    return RunRecord(name, **told | values)


def change_record(file: Path, **values: Any) -> None:
    """Change values of a record, whose checksums go, as if an earlier version had written it."""
    told = json.loads(file.read_text(encoding="utf-8"))
    kept = {name: value for name, value in told.items() if name not in ("checksum", "checksums")}
    file.write_text(json.dumps(kept | values), encoding="utf-8")
