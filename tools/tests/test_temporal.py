import numpy as np
import pytest

from handsover import temporal


def moving(n=8):
    out = []
    for k in range(n):
        t = np.zeros((40, 80), bool)
        t[10:30, 5 + 6 * k : 25 + 6 * k] = True
        out.append(t)
    return out


@pytest.mark.parametrize("delay", [0, 1, 3])
def test_lag_is_found(delay):
    truth = moving()
    predicted = [truth[max(0, k - delay)].astype(float) for k in range(len(truth))]
    assert temporal.lag(predicted, truth) == delay


def test_flicker_counts_only_what_stands_still():
    a, b = moving(2)
    assert temporal.flicker(a.astype(float), b.astype(float), a, b) == 0  # it moved as the truth did
    assert temporal.flicker(np.zeros((40, 80)), np.full((40, 80), 0.1), a, a) == pytest.approx(0.1)
