import numpy as np
import pytest
from sklearn.metrics import f1_score, jaccard_score, precision_score, recall_score

from handsover import metrics


@pytest.fixture
def case():
    rng = np.random.default_rng(1)
    return rng.random((40, 50)), rng.random((40, 50)) > 0.6, rng.random((40, 50)) > 0.2


def test_counts_agree_with_scikit_learn(case):
    p, truth, judged = case
    c = metrics.count(p, truth, judged)
    t, m = truth[judged], (p > 0.5)[judged]
    assert c.iou == pytest.approx(jaccard_score(t, m))
    assert c.f1 == pytest.approx(f1_score(t, m))
    assert c.precision == pytest.approx(precision_score(t, m))
    assert c.recall == pytest.approx(recall_score(t, m))
    assert c.share == pytest.approx(m.mean())


def test_curve_agrees_with_counting_at_each_threshold(case):
    p, truth, judged = case
    precision, recall, iou = metrics.curve(metrics.sweep(p, truth, judged, 100))
    for k in (10, 50, 90):
        c = metrics.count(p, truth, judged, k / 100 - 1e-12)
        assert (precision[k], recall[k], iou[k]) == pytest.approx((c.precision, c.recall, c.iou))


def test_ignored_pixels_do_not_count():
    truth = np.zeros((4, 4), bool)
    truth[0] = True
    judged = np.ones((4, 4), bool)
    judged[3] = False
    p = np.zeros((4, 4))
    p[0], p[3] = 1, 1  # the last row is wrong, but not judged
    assert metrics.count(p, truth, judged).iou == 1
    assert metrics.mae(p, truth, judged) == 0


def test_boundary_f_is_one_for_equal_masks_and_falls_with_distance():
    truth = np.zeros((100, 100), bool)
    truth[30:70, 30:70] = True
    judged = np.ones_like(truth)
    far = np.roll(truth, 10, 1)
    assert metrics.boundary_f(truth.astype(float), truth, judged) == 1
    assert metrics.boundary_f(np.roll(truth, 1, 1).astype(float), truth, judged) == 1  # within the tolerance of 1 px
    assert metrics.boundary_f(far.astype(float), truth, judged) < 0.6
    assert metrics.boundary_f(np.zeros((100, 100)), truth, judged) == 0


def test_calibration_of_honest_probabilities_is_good():
    rng = np.random.default_rng(0)
    p = rng.random((300, 300))
    truth = rng.random((300, 300)) < p
    rows, error = metrics.calibration(metrics.sweep(p, truth, np.ones_like(truth), 100))
    assert error < 0.02 and sum(r[2] for r in rows) == 90000
    assert metrics.calibration(metrics.sweep(p, ~truth, np.ones_like(truth), 100))[1] > 0.3


@pytest.mark.parametrize("bgr, name", [((200, 215, 240), "very light"), ((40, 60, 90), "dark")])
def test_skin_tone_groups(bgr, name):
    image = np.full((20, 20, 3), bgr, np.uint8)
    assert metrics.tone(metrics.ita(image, np.ones((20, 20), bool))) == name


def test_interval_holds_the_mean():
    low, high = metrics.interval(np.random.default_rng(0).normal(0.9, 0.05, 200))
    assert low < 0.9 < high and high - low < 0.03
