"""The networks of `keras.applications`: what was published of each, and how it is built with its weights.

Accuracy: keras.io/api/applications; of MobileNetV3 github.com/tensorflow/models,
research/slim/nets/mobilenet. Megabytes are those of the weights without the ImageNet layer, as they are
downloaded and run (Keras's own list has that layer too, and counts 1,048,576 bytes). Multiply-adds were
counted once on the built networks, by `tests/benchmarks/multiply_adds.py`.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from poetcore.errors import BackboneError

if TYPE_CHECKING:
    import keras

__all__ = ["APPLICATIONS", "Application", "KerasApplication", "Scaling"]

#: (mean, divisor): the network was trained on `(pixel - mean) / divisor`; three numbers: red, green, blue.
Scaling = tuple[float | tuple[float, ...], float | tuple[float, ...]]

#: The scalings of `keras.applications.imagenet_utils.preprocess_input` by its modes; "inside" is that of
#: networks whose first layers scale. "caffe" takes blue first: `KerasApplication.build` sees to that.
_SCALINGS: dict[str, Scaling] = {
    "inside": (0.0, 1.0),
    "tf": (127.5, 127.5),
    "torch": (
        (0.485 * 255, 0.456 * 255, 0.406 * 255),
        (0.229 * 255, 0.224 * 255, 0.225 * 255),
    ),
    "caffe": ((123.68, 116.779, 103.939), 1.0),
}

#: What most weight files are called there, after the network's name; the beginning and end of others.
_NOTOP = "_weights_tf_dim_ordering_tf_kernels_notop.h5"
_V2 = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels"
_V3, _V3_NOTOP = "weights_mobilenet_v3", "224_1.0_float_no_top_v2.h5"


@dataclass(frozen=True)
class KerasApplication:
    """A network of `keras.applications`, whose ImageNet weights Keras downloads on first use.

    Attributes:
        function: its name there, such as "MobileNet".
        file: the weight file without the ImageNet layer, as Keras names it.
        arguments: what the function is called with beside the input shape.
        blue_first: whether it was trained on blue, green, red; what is built takes red, green, blue.
    """

    function: str
    file: str
    arguments: tuple[tuple[str, float], ...] = ()
    blue_first: bool = False

    def weight_file(self) -> Path:
        """Return the path from which Keras reads the weights, whether the file exists or not."""
        return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / self.file

    def build(self, name: str, input_size: int, own_size: int) -> "keras.Model":
        """Build the network with its ImageNet weights; TensorFlow is imported already.

        Args:
            name: of the backbone.
            input_size: pixels a side.
            own_size: pixels a side for which the weights were published.

        Returns:
            A model from `(n, input_size, input_size, 3) float32`, scaled, red first, to
            `(n, vector_length) float32`.

        Raises:
            BackboneError: the weights cannot be read or downloaded.
        """
        there = self.weight_file().is_file()
        try:
            model = self._build(own_size)
            if input_size != own_size:
                model = self._build(input_size)
        except Exception as error:  # Keras lets through whatever the network, the disk or h5py raise
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            file = self.weight_file()
            raise BackboneError(
                f"The weights of {name} in {file} cannot be read ({reason}): delete that file, so that they"
                " are downloaded again."
                if there and file.is_file()
                else f"The weights of {name} could not be downloaded ({reason}): connect to the internet"
                f" once, or put the file at {file}, or choose efficientnet_lite0, which works offline."
            ) from error
        if self.blue_first:
            first = next(layer for layer in model.layers if layer.weights)
            kernel, *others = first.get_weights()
            first.set_weights([kernel[:, :, ::-1], *others])
        return model

    def _build(self, size: int) -> "keras.Model":
        """Build it at a size, from the weight file where there is one, else from the network."""
        import keras

        file = self.weight_file()
        # A file that is there is read as it is: of another hash than the published one, Keras deletes it.
        # The graph of EfficientNetB has a layer more where Keras itself chooses the weights.
        by_keras = self.function.startswith("EfficientNetB") or not file.is_file()
        function, arguments = getattr(keras.applications, self.function), dict[str, Any](self.arguments)
        built: keras.Model = function(
            input_shape=(size, size, 3),
            include_top=False,
            pooling="avg",
            weights="imagenet" if by_keras else str(file),
            **arguments,
        )
        return built


class Application(NamedTuple):
    """What is known of a network of `keras.applications`.

    Attributes:
        name: of its function there.
        input_size: pixels a side for which its weights were published.
        vector_length: how many features a picture has.
        mode: one of `_SCALINGS`.
        top1: published accuracy on ImageNet, in percent.
        megabytes: size of its weights, without the ImageNet layer.
        multiply_adds: work for one picture, in millions.
        file: the weight file without the ImageNet layer, as Keras names it.
    """

    name: str
    input_size: int
    vector_length: int
    mode: str
    top1: float
    megabytes: float
    multiply_adds: float
    file: str

    @property
    def scaling(self) -> Scaling:
        """What the network was trained on."""
        return _SCALINGS[self.mode]

    @property
    def source(self) -> KerasApplication:
        """How it is built."""
        return KerasApplication(self.name, self.file, blue_first=self.mode == "caffe")


APPLICATIONS: tuple[Application, ...] = (
    Application("MobileNetV2", 224, 1280, "tf", 71.3, 9.0, 299, f"{_V2}_1.0_224_no_top.h5"),
    Application("MobileNetV3Small", 224, 576, "inside", 68.1, 3.8, 55, f"{_V3}_small_{_V3_NOTOP}"),
    Application("MobileNetV3Large", 224, 960, "inside", 75.6, 12.0, 214, f"{_V3}_large_{_V3_NOTOP}"),
    Application("EfficientNetV2B0", 224, 1280, "inside", 78.7, 23.7, 717, "efficientnetv2-b0_notop.h5"),
    Application("EfficientNetV2B1", 240, 1280, "inside", 79.8, 27.7, 1196, "efficientnetv2-b1_notop.h5"),
    Application("EfficientNetV2B2", 260, 1408, "inside", 80.5, 35.1, 1696, "efficientnetv2-b2_notop.h5"),
    Application("EfficientNetV2B3", 300, 1536, "inside", 82.0, 51.7, 3010, "efficientnetv2-b3_notop.h5"),
    Application("EfficientNetV2S", 384, 1280, "inside", 83.9, 81.3, 8364, "efficientnetv2-s_notop.h5"),
    Application("EfficientNetV2M", 480, 1280, "inside", 85.3, 212.6, 24_581, "efficientnetv2-m_notop.h5"),
    Application("EfficientNetV2L", 480, 1280, "inside", 85.7, 471.0, 56_078, "efficientnetv2-l_notop.h5"),
    Application("EfficientNetB0", 224, 1280, "inside", 77.1, 16.2, 385, "efficientnetb0_notop.h5"),
    Application("EfficientNetB1", 240, 1280, "inside", 79.1, 26.3, 686, "efficientnetb1_notop.h5"),
    Application("EfficientNetB2", 260, 1408, "inside", 80.1, 31.1, 992, "efficientnetb2_notop.h5"),
    Application("EfficientNetB3", 300, 1536, "inside", 81.6, 43.1, 1826, "efficientnetb3_notop.h5"),
    Application("EfficientNetB4", 380, 1792, "inside", 82.9, 70.7, 4392, "efficientnetb4_notop.h5"),
    Application("EfficientNetB5", 456, 2048, "inside", 83.6, 114.1, 10_264, "efficientnetb5_notop.h5"),
    Application("EfficientNetB6", 528, 2304, "inside", 84.0, 163.8, 19_065, "efficientnetb6_notop.h5"),
    Application("EfficientNetB7", 600, 2560, "inside", 84.3, 256.4, 37_743, "efficientnetb7_notop.h5"),
    Application("ConvNeXtTiny", 224, 768, "inside", 81.3, 111.3, 4455, "convnext_tiny_notop.h5"),
    Application("ConvNeXtSmall", 224, 768, "inside", 82.3, 197.8, 8683, "convnext_small_notop.h5"),
    Application("ConvNeXtBase", 224, 1024, "inside", 85.3, 350.3, 15_354, "convnext_base_notop.h5"),
    Application("ConvNeXtLarge", 224, 1536, "inside", 86.3, 784.9, 34_360, "convnext_large_notop.h5"),
    Application("ConvNeXtXLarge", 224, 2048, "inside", 86.7, 1392.6, 60_919, "convnext_xlarge_notop.h5"),
    Application("ResNet50", 224, 2048, "caffe", 74.9, 94.4, 3856, f"resnet50{_NOTOP}"),
    Application("ResNet50V2", 224, 2048, "tf", 76.0, 94.3, 3480, f"resnet50v2{_NOTOP}"),
    Application("ResNet101", 224, 2048, "caffe", 76.4, 170.6, 7568, f"resnet101{_NOTOP}"),
    Application("ResNet101V2", 224, 2048, "tf", 77.2, 170.5, 7192, f"resnet101v2{_NOTOP}"),
    Application("ResNet152", 224, 2048, "caffe", 76.6, 233.5, 11_280, f"resnet152{_NOTOP}"),
    Application("ResNet152V2", 224, 2048, "tf", 78.0, 233.3, 10_905, f"resnet152v2{_NOTOP}"),
    Application("DenseNet121", 224, 1024, "torch", 75.0, 28.2, 2833, f"densenet121{_NOTOP}"),
    Application("DenseNet169", 224, 1664, "torch", 76.2, 50.6, 3358, f"densenet169{_NOTOP}"),
    Application("DenseNet201", 224, 1920, "torch", 77.3, 73.3, 4289, f"densenet201{_NOTOP}"),
    Application("InceptionResNetV2", 299, 1536, "tf", 80.3, 217.3, 13_154, f"inception_resnet_v2{_NOTOP}"),
    Application("Xception", 299, 2048, "tf", 79.0, 83.4, 8355, f"xception{_NOTOP}"),
    Application("NASNetMobile", 224, 1056, "tf", 74.4, 17.1, 563, "nasnet_mobile_no_top.h5"),
    Application("NASNetLarge", 331, 4032, "tf", 82.5, 339.7, 23_779, "nasnet_large_no_top.h5"),
    Application("VGG16", 224, 512, "caffe", 71.3, 58.9, 15_347, f"vgg16{_NOTOP}"),
    Application("VGG19", 224, 512, "caffe", 71.3, 80.1, 19_508, f"vgg19{_NOTOP}"),
)  # fmt: skip
