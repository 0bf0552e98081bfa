"""Where a network is cut in two: its first part stays as it is, its last blocks are trained."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from poetcore.errors import BackboneError

if TYPE_CHECKING:
    import keras

__all__ = ["TRAINED_SHARE", "Halves", "cut"]

#: The share of a network's multiply-adds that is trained: of EfficientNet-Lite0 what comes after block 10.
TRAINED_SHARE = 0.35

#: With more than this left there is no cut worth the name.
_MOST = 0.6


@dataclass(frozen=True)
class Halves:
    """A network cut in two. All of its layers are those of the whole network, not copies.

    Attributes:
        whole: from `(n, size, size, 3) float32`, RGB, 0 to 255, to `(n, vector_length) float32`, all layers
            in one graph.
        front: from the same to the feature maps at the cut, `(n, height, width, channels) float32`.
        tail: from these to `(n, vector_length) float32`.
        share: of the multiply-adds that are in the tail, 0 to 1.
    """

    whole: "keras.Model"
    front: "keras.Model"
    tail: "keras.Model"
    share: float


def cut(model: "keras.Model", name: str) -> Halves:
    """Cut a network in two where about a third of its work is left; TensorFlow is imported already.

    A cut is possible behind a layer that all paths go through. Of those at the start of a block, that is
    before maps that are no smaller, the one is taken that leaves nearest to `TRAINED_SHARE` of the
    multiply-adds.

    Args:
        model: of `features.backbones.build`.
        name: of the network, for the message.

    Raises:
        BackboneError: it cannot be cut.
    """
    import keras

    refused = BackboneError(
        f"{name} cannot be fine-tuned, because its layers cannot be divided into a first and a last part:"
        " train without --fine_tune."
    )
    try:
        pixels = keras.Input(model.input_shape[1:], name="pixels")
        whole = keras.Model(pixels, _applied(model, pixels), name=model.name)
    except AttributeError:  # a network of one's own whose layers are no graph
        raise refused from None
    found, total = _narrow_places(whole)
    starts = [
        (done, maps)
        for (done, maps), (_, following) in zip(found, [*found[1:], (total, None)], strict=True)
        if len(maps.shape) == 4 and (following is None or _size(maps) <= _size(following))
    ]
    if not total or not starts:
        raise refused
    done, maps = min(starts, key=lambda one: abs(1 - one[0] / total - TRAINED_SHARE))
    share = 1 - done / total
    if not 0 < share <= _MOST:
        raise refused
    return Halves(
        whole,
        keras.Model(whole.input, maps, name="front"),
        keras.Model(maps, whole.output, name="tail"),
        share,
    )


def _applied(model: "keras.Model", value: Any) -> Any:
    """Apply a model's layers to a tensor, those of models inside it one by one."""
    import keras

    def layer_of(layer: Any) -> Callable[..., Any]:
        if isinstance(layer, keras.Model) and hasattr(layer, "_run_through_graph"):
            return lambda value, **_: _applied(layer, value)
        inside: Callable[..., Any] = layer
        return inside

    return model._run_through_graph([value], operation_fn=layer_of)


def _narrow_places(model: "keras.Model") -> tuple[list[tuple[int, Any]], int]:
    """Find the tensors that all paths go through.

    Returns:
        The multiply-adds up to each of them, with it, the last one of several without any work between them;
        and the multiply-adds of all.
    """
    nodes = [node for depth in sorted(model._nodes_by_depth, reverse=True) for node in _at(model, depth)]
    last_use = {id(tensor): place for place, node in enumerate(nodes) for tensor in node.input_tensors}
    last_use[id(model.output)] = len(nodes)
    in_use: dict[int, Any] = {}
    found: dict[int, Any] = {}
    done = 0
    for place, node in enumerate(nodes):
        in_use = {key: tensor for key, tensor in in_use.items() if last_use[key] > place}
        for tensor in node.output_tensors:
            done += 0 if node.is_input else _multiply_adds(node.operation, tensor)
            if last_use.get(id(tensor), -1) > place:
                in_use[id(tensor)] = tensor
        if len(in_use) == 1:
            found[done] = next(iter(in_use.values()))
    return list(found.items()), done


def _at(model: "keras.Model", depth: int) -> list[Any]:
    nodes: list[Any] = model._nodes_by_depth[depth]
    return nodes


def _multiply_adds(layer: Any, output: Any) -> int:
    """Return about how many multiplications with an addition a layer does: each weight at each place."""
    weights = (math.prod(one.shape) for one in getattr(layer, "weights", ()) if len(one.shape) > 1)
    places: int = math.prod(output.shape[1:-1])
    return places * int(sum(weights))


def _size(maps: Any) -> int:
    numbers: int = math.prod(maps.shape[1:])
    return numbers
