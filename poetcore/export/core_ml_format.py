"""The format of Core ML, in which programs for Macs, iPhones and iPads take models."""

import contextlib
import io
import json
import logging
import sys
from pathlib import Path

from poetcore.export.export_format import ExportFormat, Network
from poetcore.system.tensorflow import tensorflow

__all__ = ["CORE_ML"]

#: A package of Core ML is a folder with this list of what lies in it.
_LIST = "Manifest.json"


def _write(network: Network, folder: Path) -> None:
    """Convert a network to an ML program that takes a picture, its weights in 32 bits."""
    tf, model, about = tensorflow(), network.model, network.about
    logging.getLogger("coremltools").setLevel(logging.ERROR)
    import coremltools

    shape = (1, *model.input_shape[1:])
    fed = tf.TensorSpec(shape, tf.float32, name="picture")
    label = tf.function(lambda picture: model(picture, training=False), input_signature=[fed])
    # Where a picture may have several labels there is no class, only probabilities.
    classes = None if about.thresholds else coremltools.ClassifierConfig(list(network.labels))
    with contextlib.redirect_stderr(io.StringIO()):  # its progress bars
        made = coremltools.convert(
            [label.get_concrete_function()],
            source="tensorflow",
            convert_to="mlprogram",
            inputs=[coremltools.ImageType(name="picture", shape=shape)],
            classifier_config=classes,
            compute_precision=coremltools.precision.FLOAT32,
            skip_model_load=True,
        )
    if not classes:
        spec = made.get_spec()
        coremltools.utils.rename_feature(spec, spec.description.output[0].name, "probabilities")
        made = coremltools.models.MLModel(spec, weights_dir=made.weights_dir, skip_model_load=True)
    made.short_description = about.facts.description or ""
    made.author, made.license = about.facts.author or "", about.facts.licence or ""
    made.user_defined_metadata["labels"] = json.dumps(network.labels, ensure_ascii=False)
    made.save(str(folder))


def _not_run() -> str:
    return "" if sys.platform == "darwin" else "Core ML runs on Apple's systems only"


CORE_ML = ExportFormat(
    name="core_ml",
    purpose="Core ML (.mlpackage), for Macs, iPhones and iPads",
    title="a Core ML model in 32-bit floating point",
    default_name="model.mlpackage",
    suffix=".mlpackage",
    folder_marker=_LIST,
    labels_name=lambda folder: f"{folder.stem}_labels.txt",
    write=_write,
    not_run=_not_run,
    packages=("coremltools",),
    requirements="coremltools pillow",
    code="""
import coremltools

model = coremltools.models.MLModel({file}, compute_units=coremltools.ComputeUnit.CPU_ONLY)


def predict(pixels):
    answer = model.predict({{"picture": Image.fromarray(pixels[0].astype(np.uint8))}})
    if "probabilities" in answer:
        return np.asarray(answer["probabilities"])[0]
    return np.array([answer["classLabel_probs"][label] for label in labels if label])
""",
    remarks="It takes a picture of {size} x {size} pixels as `picture`; the scaling of colours is inside the"
    " model. The Vision framework resizes pictures as Poet does with imageCropAndScaleOption = .scaleFill,"
    " nearly: its arithmetic is its own. The answer is `classLabel` and `classLabel_probs`; of a model of"
    " several labels a picture it is `probabilities`, with the labels among the metadata. It is an ML program"
    " for macOS 12, iOS 15 and what came since, its numbers in 32 bits, so it runs on processor and graphics,"
    " not on the Neural Engine. Where this was not written on a Mac nothing ran it: then try some pictures"
    " whose labels you know, by the code below, before you hand it on.",
)
