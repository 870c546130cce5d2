"""All material of a pack in memory, drawn from by source and person, so that a large source does not drown a small
one."""
import numpy as np

from . import pieces

# share of each set among the pasted hands; a set that is not named gets DEFAULT
CUTOUT_SHARES = {
    "digits": 0.1,
    "h11k": 0.17,
    "massey": 0.08,
    "rps": 0.1,
    "hgr": 0.15,
    "mesh": 0.18,
    "ntu": 0.12,
    "senz3d": 0.08,
}
DEFAULT = 0.1
NO_CUTOUTS = ("ceiling", "nus", "people")  # hands there are cut by things or too small to be pasted


class World:
    def __init__(self, items, shares=None):
        self.groups = {}  # kind -> person or source -> Items
        self.cutouts = {}  # source -> Cutouts
        self.heads, self.textures, faces, backgrounds = [], [], [], []
        for item in items:
            if item.kind == "cutout":
                self._add_cutout(item.source, pieces.cutout(item.image, item.source))
            elif item.kind == "face":
                cut = item.image.shape[2] == 4
                faces.append(item.image[..., :3])
                head = item.image if cut else pieces.head(item.image)
                if head is not None:
                    self.heads.append(head)
            elif item.kind == "background":
                backgrounds.append(item.image)
                if item.source == "texture":
                    self.textures.append(item.image)
            else:
                kind = "boxed" if item.kind == "unlabelled" else item.kind
                group = item.source if kind == "pair" else item.person
                self.groups.setdefault(kind, {}).setdefault(group, []).append(item)
                if item.kind in ("pair", "room") and item.source not in NO_CUTOUTS:
                    self._add_cutout(item.source, pieces.from_photograph(item))
        self.faces, self.backgrounds = faces, backgrounds
        self.shares = dict(CUTOUT_SHARES, **(shares or {}))

    def _add_cutout(self, source, cut):
        if cut is not None:
            self.cutouts.setdefault(source, []).append(cut)

    def has(self, kind):
        return kind in self.groups

    def pick(self, rng, kind):
        """An Item: first a person (or set), then one of its pictures; sets with many pictures are drawn a little
        oftener."""
        groups = self.groups[kind]
        names = list(groups)
        p = np.array([len(groups[n]) ** 0.4 for n in names])
        group = groups[names[rng.choice(len(names), p=p / p.sum())]]
        return group[rng.integers(len(group))]

    def cutout(self, rng):
        if not self.cutouts:
            raise ValueError("this recipe pastes hands, but the pack has none")
        names = list(self.cutouts)
        p = np.array([self.shares.get(n, DEFAULT) for n in names])
        group = self.cutouts[names[rng.choice(len(names), p=p / p.sum())]]
        return group[rng.integers(len(group))]

    def face(self, rng):
        return self.faces[rng.integers(len(self.faces))] if self.faces else self.background(rng)

    def background(self, rng):
        if self.backgrounds and rng.random() < 0.92:
            return self.backgrounds[rng.integers(len(self.backgrounds))]
        return pieces.texture(rng)

    def surface(self, rng):
        """Something close by: wood, cloth, stone, or a made texture."""
        known = self.textures and rng.random() < 0.75
        return self.textures[rng.integers(len(self.textures))] if known else pieces.texture(rng)

    def thing(self, rng):
        """What a distractor is cut from."""
        return self.face(rng) if rng.random() < 0.35 else self.background(rng)
