"""Who is in training, validation and test: whole persons, never pictures, so that no face is on both sides."""
import json

import numpy as np

# shares of train, validate, test. "65/15/10" is how the earlier work named its split: the missing tenth is used by
# nobody.
NAMED = {"80/10/10": (0.8, 0.1, 0.1), "65/15/10": (0.65, 0.15, 0.1)}


def split(people, shares, seed=0):
    """{person: use}. `people`: {person: number of pictures}. Fills each part with whole persons up to its share of
    pictures.

    Persons come in an order drawn from the seed; validate and test are filled first (their least is one person each,
    where there are three), the rest trains. With shares below 1 in sum the rest beyond `train` gets "unused"."""
    order = list(np.random.default_rng(seed).permutation(sorted(people)))
    total, out = sum(people.values()), {}
    for use, share in (("test", shares[2]), ("validate", shares[1])):
        filled = 0
        while (
            order
            and share
            and (filled == 0 or filled + people[order[-1]] <= share * total * 1.1)
            and filled < share * total
        ):
            if len(order) == 1:
                break
            person = order.pop()
            out[person], filled = use, filled + people[person]
    filled = 0
    for k, person in enumerate(reversed(order)):
        full = k > 0 and sum(shares) < 1 and filled + people[person] > shares[0] * total * 1.1
        out[person] = "unused" if full else "train"
        filled += 0 if full else people[person]
    return out


def apply(items, name, seed):
    """Sets `use` of all labelled pictures of known persons by a named split; returns {person: use}."""
    people = {}
    for i in items:
        if i.kind in ("pair", "room", "classes") and i.person != "-":
            people[i.person] = people.get(i.person, 0) + 1
    chosen = split(people, NAMED[name], seed)
    for i in items:
        i.use = chosen.get(i.person, i.use)
    return chosen


def write(path, items):
    """The split as a file: every person's use, and the pictures without a person by name."""
    people = {i.person: i.use for i in items if i.person != "-"}
    others = {i.name: i.use for i in items if i.person == "-" and i.use != "train"}
    with open(path, "w") as f:
        json.dump({"persons": dict(sorted(people.items())), "pictures": dict(sorted(others.items()))}, f, indent=1)
        f.write("\n")
