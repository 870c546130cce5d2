import numpy as np

from handsover import ablate, pack

from conftest import hand


def test_two_trials_make_a_table(tmp_path):
    rng, items, blobs = np.random.default_rng(0), [], []
    for k in range(6):
        image, mask = hand(rng)
        items.append(pack.Item(f"i{k}", "pair", "mine", f"p{k}", "validate" if k < 2 else "train"))
        blobs.append((pack.encode(image), pack.encode(mask)))
    pack.save(str(tmp_path / "d.npz"), items, blobs)
    (tmp_path / "r.yaml").write_text("{width: 0.35, batch: 2, sizes: [[64, 64]], mix: {pair: 1}, augment: none}")
    (tmp_path / "g.yaml").write_text(
        "{base: r.yaml, steps: 3, seeds: [0, 1], trials: {a: {loss: bce}, b: {loss: dice, mix: {pair: 2}}}}"
    )
    ablate.main(
        [
            "--grid",
            str(tmp_path / "g.yaml"),
            "--pack",
            str(tmp_path / "d.npz"),
            "--out",
            str(tmp_path / "o"),
            "--threads",
            "1",
        ]
    )
    text = (tmp_path / "o" / "table.md").read_text()
    assert "| a | 2 |" in text and "| b | 2 |" in text and "±" in text
