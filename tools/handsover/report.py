"""The page of `hands evaluate`: tables, curves and the worst pictures, all inside one HTML file."""
import base64
import html
import io

import cv2
import matplotlib
import numpy as np

from . import metrics, pack

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (the backend must be set first: there is no display)

STYLE = """body{font:15px sans-serif;max-width:1100px;margin:2em auto}
td,th{padding:3px 9px;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}
figure{display:inline-block;margin:4px}figcaption{font-size:12px;max-width:250px}"""


def plot(draw, size=(5, 4)):
    """An <img> of what `draw(axes)` draws."""
    figure, axes = pyplot.subplots(figsize=size)
    draw(axes)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=90, bbox_inches="tight")
    pyplot.close(figure)
    return image(out.getvalue(), "png")


def image(data, kind):
    return f'<img src="data:image/{kind};base64,{base64.b64encode(data).decode()}">'


def overlay(picture, p, label=None):
    """Found hand green, missed red, false alarm blue; pixels that are not judged are darker."""
    f, mask = picture.astype(np.float32), p > 0.5
    truth = np.zeros(mask.shape, bool) if label is None else label == pack.HAND
    judged = np.ones(mask.shape, bool) if label is None else label != pack.IGNORE
    f[~judged] *= 0.6
    for where, colour in (
        (mask & truth, (0, 255, 0)),
        (~mask & truth, (0, 0, 255)),
        (mask & ~truth & judged, (255, 60, 0)),
    ):
        f[where] = f[where] * 0.6 + np.array(colour) * 0.4
    h, w = f.shape[:2]
    k = 250 / max(h, w)
    return cv2.resize(f.astype(np.uint8), (max(1, round(w * k)), max(1, round(h * k))), interpolation=cv2.INTER_AREA)


def curves(results):
    def precision_recall(axes):
        for name, groups in results.items():
            precision, recall, _ = metrics.curve(groups["all with hands"].histograms)
            axes.plot(recall, precision, label=name)
        axes.set(xlabel="recall", ylabel="precision", xlim=(0.5, 1), ylim=(0.5, 1))
        axes.legend()

    def thresholds(axes):
        for name, groups in results.items():
            iou = metrics.curve(groups["all with hands"].histograms)[2]
            axes.plot(np.arange(len(iou)) / len(iou), iou, label=name)
        axes.set(xlabel="threshold", ylabel="IoU")

    def calibrated(axes):
        axes.plot([0, 1], [0, 1], "k:", lw=1)
        for name, groups in results.items():
            rows, _ = metrics.calibration(groups["all with hands"].histograms)
            axes.plot([r[0] for r in rows], [r[1] for r in rows], marker=".", label=name)
        axes.set(xlabel="probability said", ylabel="share that is hand")

    return "".join(plot(d) for d in (precision_recall, thresholds, calibrated))


def tables(results):
    columns = (
        "pictures",
        "iou",
        "iou_all_pixels",
        "f1",
        "precision",
        "recall",
        "boundary_f",
        "mae",
        "calibration_error",
        "called_hand",
    )
    out = []
    for name, groups in results.items():
        out.append(
            f"<h2>{html.escape(name)}</h2><table><tr><th>group</th>"
            + "".join(f"<th>{c}</th>" for c in columns)
            + "</tr>"
        )
        for group, sums in groups.items():
            f = sums.figures()
            cells = "".join(
                "<td>" + (f"{f[c]:.4f}" if isinstance(f.get(c), float) else str(f.get(c, ""))) + "</td>"
                for c in columns
            )
            out.append(f"<tr><td>{html.escape(group)}</td>{cells}</tr>")
        out.append("</table>")
    return "".join(out)


def write(path, results, worst, channel=0):
    """`worst`: (score, item, probability) of the last model's pictures to show; `channel`: which label plane counts."""
    parts = [f"<!doctype html><meta charset=utf-8><title>Figures</title><style>{STYLE}</style><h1>Figures</h1>"]
    if all("all with hands" in groups for groups in results.values()):
        parts.append(curves(results))
    parts.append(tables(results))
    parts.append(
        "<h2>The worst pictures of the last model</h2><p>green found, red missed, blue false; dark is not judged</p>"
    )
    for score, item, p in worst:
        data = cv2.imencode(".jpg", overlay(item.image, p, item.planes()[channel]), [cv2.IMWRITE_JPEG_QUALITY, 80])[
            1
        ].tobytes()
        parts.append(
            f"<figure>{image(data, 'jpeg')}<figcaption>{html.escape(item.name)} {score:.3f}</figcaption></figure>"
        )
    with open(path, "w") as f:
        f.write("\n".join(parts))
