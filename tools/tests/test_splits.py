import json

import pytest

from handsover import pack, splits

PEOPLE = {f"p{k}": 10 + k for k in range(20)}


@pytest.mark.parametrize("name", splits.NAMED)
def test_shares_are_near_and_repeat(name):
    chosen = splits.split(PEOPLE, splits.NAMED[name], 7)
    assert chosen == splits.split(PEOPLE, splits.NAMED[name], 7) != splits.split(PEOPLE, splits.NAMED[name], 8)
    assert set(chosen) == set(PEOPLE)
    total = sum(PEOPLE.values())
    for use, share in zip(("train", "validate", "test"), splits.NAMED[name]):
        part = sum(n for p, n in PEOPLE.items() if chosen[p] == use) / total
        assert part == pytest.approx(share, abs=0.06)


def test_no_person_is_on_both_sides(tmp_path):
    items = [pack.Item(f"{p}_{k}", "room", "s", p) for p in PEOPLE for k in range(4)]
    splits.apply(items, "80/10/10", 1)
    uses = {}
    for i in items:
        uses.setdefault(i.person, set()).add(i.use)
    assert all(len(u) == 1 for u in uses.values())
    splits.write(tmp_path / "s.json", items)
    assert json.loads((tmp_path / "s.json").read_text())["persons"] == {p: u.pop() for p, u in uses.items()}


def test_the_missing_tenth_is_unused():
    assert "unused" in splits.split(PEOPLE, splits.NAMED["65/15/10"], 3).values()
    assert "unused" not in splits.split(PEOPLE, splits.NAMED["80/10/10"], 3).values()
