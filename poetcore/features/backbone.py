"""What a backbone is: a pre-trained network that makes a feature vector of a picture, and its source.

Which ones there are says `backbones`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poetcore.errors import BackboneError
from poetcore.features.efficientnet_lite import EfficientNetLite
from poetcore.features.keras_applications import KerasApplication, Scaling
from poetcore.system.checksums import is_sound

if TYPE_CHECKING:
    from keras import Model

__all__ = ["DEFAULT", "Backbone", "KerasApplication", "NetworkFile", "Source"]

DEFAULT = "efficientnet_lite0"

_QUANTIZED = "_quantized"


@dataclass(frozen=True)
class NetworkFile:
    """A network that is a file: one's own, or one that a run fine-tuned and keeps.

    Attributes:
        lite: the LiteRT file that it runs as.
        keras: the Keras model from which it is exported, from scaled pixels to feature vectors; None where
            there is only the LiteRT file.
    """

    lite: Path
    keras: Path | None = None

    def weight_file(self) -> Path:
        """Return the LiteRT file, whether it exists or not."""
        return self.lite

    def build(self, name: str) -> "Model":
        """Load the Keras model; TensorFlow is imported already.

        Args:
            name: of the backbone.

        Returns:
            A model from `(n, size, size, 3) float32`, scaled, to `(n, vector_length) float32`.

        Raises:
            BackboneError: there is none, or it cannot be read.
        """
        import keras

        if self.keras is None:
            raise BackboneError(f"{name} is a LiteRT file only, of which no Keras model can be made.")
        try:
            if is_sound(self.keras) is False:
                raise ValueError("it is not as it was written")
            return keras.models.load_model(self.keras, compile=False)
        except Exception as error:  # Keras lets through whatever the disk, zipfile or h5py raise
            reason = str(error).strip().splitlines()[0][:200]
            raise BackboneError(
                f"The network {name} cannot be read from {self.keras} ({reason}): put the file back, or train"
                " again."
            ) from error


#: Where a network's architecture and weights come from.
Source = EfficientNetLite | KerasApplication | NetworkFile


@dataclass(frozen=True)
class Backbone:
    """A pre-trained network, or several side by side on the same pixels (a combination).

    Attributes:
        name: as the original script's `--architecture` spells it; with `@260` after it the network at
            another than its usual input size; the names of a combination's parts are joined by `+`.
        input_size: pixels a side of the square input.
        vector_length: how many features a picture has.
        scaling: (mean, divisor): the network was trained on `(pixel - mean) / divisor`; three numbers are of
            red, green and blue; (0, 1) of a network that scales inside, and of a combination, whose parts
            have their own.
        imagenet_top1: published accuracy on ImageNet's thousand categories, in percent; None where nobody
            published it.
        megabytes: size of its weights as they are run, without the ImageNet layer.
        multiply_adds: work for one picture, in millions of multiplications with an addition; None where it is
            not known.
        source: its architecture and where its weights come from; None of a combination.
        calibration: for a quantized one, on which pictures it was calibrated (`calibrate`), those of a
            combination's parts joined by `+`; else "".
        parts: of a combination, in the order named; () of one network.
        digest: of a network that is a file, 12 hexadecimal digits of the sha256 of its content; else "".
    """

    name: str
    input_size: int
    vector_length: int
    scaling: Scaling
    imagenet_top1: float | None
    megabytes: float
    multiply_adds: float | None
    source: Source | None
    calibration: str = ""
    parts: tuple["Backbone", ...] = ()
    digest: str = ""

    @property
    def members(self) -> tuple["Backbone", ...]:
        """The networks that run: its parts, or itself alone."""
        return self.parts or (self,)

    @property
    def network(self) -> str:
        """Its name without `_quantized`: the network, or networks, whose weights it has."""
        if self.parts:
            return "+".join(part.network for part in self.parts)
        return self.name.removesuffix(_QUANTIZED)

    @property
    def quantized(self) -> bool:
        """Whether it, or a part of it, is quantized (int8)."""
        return any(one.name.endswith(_QUANTIZED) for one in self.members)

    @property
    def lite_only(self) -> bool:
        """Whether it, or a part of it, is a LiteRT file of which there is no Keras model."""
        return any(isinstance(one.source, NetworkFile) and not one.source.keras for one in self.members)

    @property
    def written_directly(self) -> bool:
        """Whether the LiteRT model of this single network is written without TensorFlow."""
        return isinstance(self.source, EfficientNetLite) and not self.quantized

    @property
    def weight_file(self) -> Path | None:
        """Where its weights are or belong on this machine; None if a package has to be installed first.

        Of a combination: the first file that is missing, or that of its first part.
        """
        if self.source is not None:
            return self.source.weight_file()
        return next((part for part in self.parts if not part.offline), self.parts[0]).weight_file

    @property
    def offline(self) -> bool:
        """Whether its weights are on this machine now."""
        if self.parts:
            return all(part.offline for part in self.parts)
        return self.weight_file is not None and self.weight_file.is_file()

    @property
    def cache_key(self) -> str:
        """What decides a feature vector besides the picture; change it when decoding or scaling change."""
        return f"{self.key}/1"

    @property
    def key(self) -> str:
        """Stem of its model file: a quantized one has another for every calibration."""
        if self.parts:
            return "+".join(part.key for part in self.parts)
        return "-".join(known for known in (self.name, self.digest, self.calibration) if known)
