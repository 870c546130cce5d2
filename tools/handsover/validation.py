"""The figures by which a run is steered: on held-out persons, every few minutes."""
import numpy as np

from . import infer, metrics, pack


def validate(net, items, every=1):
    """{set: IoU over its judged pixels}, and {set + ' hand'} of the hand alone where it is labelled and the network
    knows it; for sets without hands the share of pixels called hand or arm, as 'false'."""
    sums = {}
    net.eval()
    for item in items[::every]:
        p = infer.probabilities(net, item.image)
        for plane, label, suffix in zip(p, item.planes(), ("", " hand")):
            empty = item.kind in ("face", "background")
            if suffix and (empty or not (label == pack.HAND).any()):
                continue
            key = "false" if empty else item.source + suffix
            c = metrics.count(plane, label == pack.HAND, label != pack.IGNORE)
            sums[key] = sums.get(key, metrics.Counts()) + c
    return {k: c.share if k == "false" else c.iou for k, c in sorted(sums.items())}


def validate_classes(net, items, count):
    """{"mean IoU", "accuracy"} of classes that exclude each other; void, the last of them, is not judged."""
    confusion = np.zeros((count, count), np.int64)
    net.eval()
    for item in items:
        said = infer.probabilities(net, item.image).argmax(0)
        judged = item.label < count - 1
        confusion += np.bincount(item.label[judged] * count + said[judged], minlength=count**2).reshape(count, count)
    hit = np.diag(confusion)[:-1]
    either = (confusion.sum(0) + confusion.sum(1))[:-1] - hit
    return {"mean IoU": float(np.mean(hit[either > 0] / either[either > 0])), "accuracy": hit.sum() / confusion.sum()}


def score(figures):
    """What `best` means: the mean IoU over the sets, less three times the share of false alarms."""
    return float(np.mean([v for k, v in figures.items() if k != "false"])) - 3 * figures.get("false", 0.0)
