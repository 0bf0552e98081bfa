"""The one explanation of each term, shown behind the question marks of all pages."""

__all__ = ["TERMS", "term"]

TERMS = {
    "accuracy": "The share of pictures whose predicted label is the true label.",
    "augmentation": "Training also on copies of each picture that are mirrored, cropped, scaled or lit"
    " otherwise at random, so that the model learns to ignore what does not matter.",
    "backbone": "A network that was trained before, on a thousand everyday categories. It turns each picture"
    " into a list of numbers, the bottleneck; only the last layer is trained on your labels.",
    "balanced accuracy": "The mean of the recall of all labels. Where one label has most of the pictures, it"
    " cannot be high by naming that label always.",
    "batch size": "How many training pictures each step looks at.",
    "bottleneck": "The list of numbers, or feature vector, by which the backbone sums a picture up, just"
    " before the last layer. It is computed once for each picture and kept, so training again is quick.",
    "calibration": "Whether probabilities can be believed: of the pictures predicted at 80 %, eight in ten"
    " should be right.",
    "confidence": "The probability that the model gives to the label it predicts.",
    "confusion matrix": "A table of pictures: a row for each true label, a column for each predicted label."
    " What is right stands on the diagonal, everything else is a mistake of that kind.",
    "corrected accuracy": "The accuracy by the verdicts of the review: wrong labels count under the right"
    " one, pictures that are not usable are taken out, all others count by their label.",
    "coverage": "The share of pictures that get an answer, if the model keeps silent below a confidence.",
    "co-occurrence": "How many pictures have two labels at once, such as fire and smoke.",
    "cross entropy": "How much probability the model takes away from the true label: 0 where it is sure and"
    " right, large where it is sure and wrong. Training makes it smaller.",
    "cross validation": "The pictures are divided into five parts; each part is predicted by a model that was"
    " trained on the other four. So all pictures are tested, and none by a model that has seen it.",
    "demo pictures": "Labelled pictures that the model was not trained on: its accuracy is measured on them,"
    " and the slideshow shows them.",
    "F1": "One figure for precision and recall, their harmonic mean: 1 where both are perfect, low as soon as"
    " one of them is.",
    "expected cost": "What an answer costs on average, by the probabilities of all labels and what you said"
    " mistakes cost. The answer with the least may be another than the most probable label: where a missed"
    " alarm costs much, a little doubt is enough for one.",
    "false alarms": "Of the pictures that are not of a group, the share that is predicted as it.",
    "interval": "Where the accuracy on many more such pictures would lie, in 95 of 100 cases (95 %"
    " confidence interval). The fewer pictures, the wider.",
    "label threshold": "A label is predicted where its probability is at least this. It is the one with the"
    " highest F1 on pictures that were predicted by cross validation.",
    "label group": "Labels that mean one thing to you, such as fire and smoke: alarm. The probability of a"
    " group is the sum of those of its labels.",
    "label": "The category of a picture, which is the name of the folder it lies in.",
    "leak": "A picture that is evaluated although the model has seen it, or a near duplicate of it, in"
    " training. It says nothing about new pictures.",
    "learning curve": "The accuracy against the number of training pictures. Where it still rises, more"
    " pictures help.",
    "learning rate": "How far each step moves the weights. Too large, and the curves jump; too small, and"
    " they creep.",
    "macro F1": "The mean of the F1 of all labels, however many pictures each has.",
    "McNemar's test": "Looks at pictures that only one of two models labels right. Were both equally good,"
    " each would get half of these; p is how often chance alone makes them differ so much or more. Below 0.05"
    " it is called unlikely to be chance.",
    "margin": "By how much the probability of the true label is above the largest of the others. Just below"
    " 0 is a close call, near -100 points the model is sure and wrong.",
    "misc label": "A model answers with one of its labels whatever it is shown. If it will also meet pictures"
    " of none of them, bring some as they will come, of nothing in particular, under a label of their own"
    " such as misc: then it can say so.",
    "near duplicate": "Nearly the same picture: a resized or cropped copy, the next frame of a burst.",
    "one label against the rest": "A label is predicted wherever its probability reaches the threshold,"
    " whatever the other labels get: so a picture may have several, or none.",
    "p-value": "How often two settings that are equally good would differ this much by chance; corrected for"
    " the number of trials, since among many some differ much. Below 0.05 the difference is called real.",
    "precision": "Of the pictures predicted as a label, the share that really have it.",
    "preview": "A short cross validation on the pictures whose features are there already, drawn evenly from"
    " all labels. It only shows the way: the training that follows takes all pictures and your settings, and"
    " is the same with and without it.",
    "quantized": "With whole numbers of 8 bits (int8) in place of fractions: under a third of the size,"
    " faster, and slightly less accurate.",
    "recall": "Of the pictures that really have a label, the share that is predicted as it.",
    "review": "For each misclassified picture, whether the model or the label is wrong. Verdicts belong to"
    " the content of a picture: they outlast renaming, and are offered again for other runs.",
    "ridge regression": "A last layer that is solved at once instead of in steps. Its one setting, the"
    " strength of the regularisation, is chosen by pictures that are left out one by one: weak fits the"
    " training pictures closely, strong loosely.",
    "run": "One training with its settings, model, figures and evaluations, kept in a folder of its own.",
    "seed": "The number from which all that is random follows: the same seed gives the same run.",
    "slice": "Pictures with something in common beside their label: a sub-folder, how bright, colourful,"
    " sharp or large they are, when they were taken.",
    "split": "Which pictures are trained on, which are watched meanwhile (validation), and which are kept for"
    " the final test (testing).",
    "step": "One small correction of the last layer, from one batch of training pictures.",
    "subset accuracy": "The share of pictures that are predicted with every label they have and no other.",
    "support": "How many pictures have the label: the fewer, the less its other figures say.",
    "temperature": "A number that all the model's outputs are divided by, so that its probabilities fit how"
    " often it is right. It changes no predicted label.",
    "testing pictures": "Pictures of the dataset that this run neither trained on nor looked at before its"
    " final test.",
    "threshold": "The confidence below which the model gives no answer.",
    "top-1 accuracy": "The share of pictures whose most probable label is the true one.",
    "training pictures": "The pictures that the last layer is trained on.",
    "unknown": "A picture that is less like the training pictures than nearly all pictures of these labels"
    " are: the model is not sure of its label, or few training pictures come close, or both.",
    "validation pictures": "Pictures that are not trained on; the curves show meanwhile how well the model"
    " does on them. Where they do worse than the training pictures, it learns by heart.",
    "wanted recall": "How many of a group's pictures you want found. The threshold for it is chosen on the"
    " training pictures, each predicted by a model that was trained without it, never on the demo pictures."
    " It holds on average: of a hundred new pictures, a few more may be missed.",
}


def term(name: str) -> str:
    """Return the explanation of a term of the field, as Markdown for `help=`.

    Raises:
        KeyError: the glossary has no such term.

    >>> term("recall")
    'Of the pictures that really have a label, the share that is predicted as it.'
    """
    return TERMS[name]
