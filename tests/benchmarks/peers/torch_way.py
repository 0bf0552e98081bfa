"""PyTorch's way: `ImageFolder`, `DataLoader` with two workers, and the network of timm.

The settings: "usual" as tutorials have it (the whole picture decoded and resized with antialiasing, tensors
as they come); "best" as somebody who measures would (JPEGs decoded at reduced scale, Poet's own pixels, the
layout `channels_last`, one thread or one a core, whichever is faster here); "compiled" is that by
`torch.compile` with a thread a core, which takes a minute first and needs a C++ compiler.
"""

import time
import warnings

import numpy as np
import timm
import torch
from PIL import Image
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

from tests.benchmarks.peers.way import BATCH, RATE, SIZE, STEPS, Answer, Clock, Task, cores, run_way

_NETWORK = "tf_efficientnet_lite0"
_MIDDLE, _SPREAD = 127.0, 128.0

#: On how many pictures numbers of threads are tried.
_TRIED = 64


def torch_way(task: Task) -> Answer:
    """Extract features with PyTorch."""
    warnings.filterwarnings("ignore")  # what a later version will do otherwise
    torch.manual_seed(0)
    network = _network(task)
    with torch.inference_mode():
        for batch in (32, 31):  # the second time it is compiled for batches of any size
            network(_laid_out(torch.zeros(batch, 3, SIZE, SIZE), task))
    if task.how == "best":
        torch.set_num_threads(_fastest(network, task))
    threads, ready_s, clock = torch.get_num_threads(), task.ready_s(), Clock()
    vectors, labels = _features(network, task.train, task)
    answer = clock.rate(len(vectors)) | {"ready_s": ready_s, "threads": threads}
    if task.accurate:
        clock = Clock()
        layer = _trained(vectors, labels)
        answer["training_s"] = clock.rate(1)["seconds"]
        others, truth = _features(network, task.demo, task)
        with torch.inference_mode():
            answer |= {"correct": int((layer(others).argmax(1) == truth).sum()), "total": len(truth)}
        answer["difference"] = _difference(network, task)
    return answer


def _network(task: Task) -> torch.nn.Module:
    """Build the network with the same weights: those of the file have other names, and the same order."""
    network = timm.create_model(_NETWORK, pretrained=False)
    names, given = network.state_dict(), torch.load(task.prepared("weights.pth"), weights_only=True)
    assert [values.shape for values in names.values()] == [values.shape for values in given.values()]
    network.load_state_dict(dict(zip(names, given.values(), strict=True)))
    network.reset_classifier(0)
    network.eval()
    if task.how != "usual":
        network = network.to(memory_format=torch.channels_last)
    return torch.compile(network) if task.how == "compiled" else network


def _laid_out(batch: torch.Tensor, task: Task) -> torch.Tensor:
    return batch if task.how == "usual" else batch.contiguous(memory_format=torch.channels_last)


def _fastest(network: torch.nn.Module, task: Task) -> int:
    """Try one thread and as many as there are cores, beside the workers, and return the faster number."""
    took = {}
    for threads in (1, cores()):
        torch.set_num_threads(threads)
        start = time.perf_counter()
        _features(network, task.train, task, most=_TRIED)
        took[threads] = time.perf_counter() - start
    return min(took, key=took.__getitem__)


def _features(
    network: torch.nn.Module, folder: str, task: Task, most: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Extract the features of a folder, or of some of its pictures, and list the labels."""
    scale = transforms.Normalize([_MIDDLE / 255] * 3, [_SPREAD / 255] * 3)
    if task.how == "usual":
        first = transforms.Resize((SIZE, SIZE))
        found = datasets.ImageFolder(folder, transforms.Compose([first, transforms.ToTensor(), scale]))
    else:
        found = datasets.ImageFolder(
            folder, transforms.Compose([transforms.ToTensor(), scale]), loader=_drafted
        )
    parts, labels = [], []
    with torch.inference_mode():
        chosen = Subset(found, range(len(found))[:most])
        for batch, numbers in DataLoader(chosen, batch_size=32, num_workers=2):
            parts.append(network(_laid_out(batch, task)))
            labels.append(numbers)
    return torch.cat(parts), torch.cat(labels)


def _drafted(file: str) -> Image.Image:
    """Decode a JPEG at reduced scale and resize it between the four nearest pixels."""
    with Image.open(file) as picture:
        picture.draft("RGB", (SIZE, SIZE))
        whole = picture.convert("RGB")
        box = (0, 0, *whole.size)
        return whole.transform((SIZE, SIZE), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)


def _trained(vectors: torch.Tensor, labels: torch.Tensor) -> torch.nn.Module:
    torch.set_num_threads(1)  # more only wait for each other
    layer = torch.nn.Linear(vectors.shape[1], int(labels.max()) + 1)
    optimizer = torch.optim.SGD(layer.parameters(), RATE)
    vectors, labels = vectors.clone(), labels.clone()  # of inference mode, which a gradient refuses
    for _ in range(STEPS):
        drawn = torch.randint(len(vectors), (BATCH,))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(layer(vectors[drawn]), labels[drawn]).backward()
        optimizer.step()
    return layer


def _difference(network: torch.nn.Module, task: Task) -> float:
    kept = np.load(task.prepared("check.npz"))
    pixels = (torch.from_numpy(kept["pixels"]).permute(0, 3, 1, 2).float() - _MIDDLE) / _SPREAD
    with torch.inference_mode():
        mine = network(_laid_out(pixels.contiguous(), task)).numpy()
    return float(np.abs(mine - kept["vectors"]).max())


if __name__ == "__main__":
    run_way(torch_way)
