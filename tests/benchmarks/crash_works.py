"""The works that are cut by `power_cuts`."""

__all__ = ["TRAIN", "WORKS"]

_REPAIR = """
from pathlib import Path
from poetcore.curation.repair import Change, Repairs
repairs = Repairs(Path("set/train"))
files = sorted(Path("set/train").resolve().glob("*/*.jpg"))
to = ["relabel", "quarantine", "relabel"]
repairs.propose([Change(f, to[i % 3], "", "why", "new" if i % 3 == 2 else "birch" if i % 3 == 0 else "")
                 for i, f in enumerate(files) if f.parent.name != "birch"])
repairs.apply()
"""
_UNDO = """
from pathlib import Path
from poetcore.curation.repair import Repairs
Repairs(Path("set/train")).undo("1")
"""
_UPLOAD = """
from pathlib import Path
from poetcore.workspace.uploads import Offered, begin_upload, finish_upload
from poetcore.workspace.workspace import Workspace
place = Workspace(Path("ws"))
files = {f"mine/{p.parent.name}/{p.name}": p.read_bytes() for p in sorted(Path("set/demo").glob("*/*.jpg"))}
upload = begin_upload(place, [Offered(name, len(content)) for name, content in files.items()])
for number, content in enumerate(files.values()):
    with upload.receiving(number) as file:
        file.write(content)
finish_upload(place, upload)
"""
_CAMERA = """
from pathlib import Path
from poetcore.workspace.collecting import add_label, take_picture
folder = Path("ws/datasets/camera")
for path in sorted(Path("set/demo").glob("*/*.jpg")):
    add_label(folder, path.parent.name)
    hold, number = "hold-20260101-120000-a1b2", int(path.stem[-3:]) + 1
    take_picture(folder, path.parent.name, hold, number, path.read_bytes())
    print(path.name, flush=True)
"""
_CACHES = """
from pathlib import Path
import numpy as np
from poetcore.features.backbones import DEFAULT, find
from poetcore.workspace.workspace import Workspace
place = Workspace(Path("ws"))
with place.feature_cache() as cache, place.group_names() as names:
    for start in range(0, 60, 10):
        shas = [f"{n:064x}" for n in range(start, start + 10)]
        cache.put({s: np.full(1280, int(s, 16), "f4") for s in shas}, find(DEFAULT))
        names.put("near", {s: f"group {int(s, 16)}" for s in shas})
"""
_CALIBRATE = """
from pathlib import Path
from poetcore.workspace.workspace import Workspace
Workspace(Path("ws")).run("first").set_temperature(1.3)
"""

TRAIN = "retrain --image_dir set/train --workspace ws --how_many_training_steps 40"

#: Works by name: what is done before, and what is recorded; a command of Poet's, or lines of Python.
WORKS: dict[str, tuple[str, ...]] = {
    "merge": ("merge set/train ash birch",),
    "repairs": (_REPAIR,),
    "undo": (_REPAIR, _UNDO),
    "prepare": (
        "prepare set/train out --workspace ws --train_per_label 6 --demo_per_label 2 --keep tiny,small_file",
    ),
    "upload": (_UPLOAD,),
    "camera": (_CAMERA,),
    "caches": (_CACHES,),
    "retrain": (
        "retrain --image_dir set/train --workspace ws --how_many_training_steps 40 --run_name second",
    ),
    "evaluate": ("evaluate set/demo --workspace ws",),
    "evaluate_again": ("evaluate set/demo --workspace ws", "evaluate set/demo --workspace ws"),
    "calibrate": (_CALIBRATE,),
    "label_groups": ("label_groups --workspace ws --group warm=ash,birch",),
}
