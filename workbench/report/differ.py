"""In what two compared runs differ beyond what the comparison claims: the marks on a cell of a difference table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workbench.config import flat
from workbench.variants import VARIANTS


def unclaimed(a: Any, b: Any, configs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Sentences on what differs between row `a` and the row `b` it is compared with, apart from their variants.

    `configs` holds the settings of the runs that are on this disk; of the others only what the rows carry is compared.
    """
    found = []
    for name, words in (
        ("data_key", "the test clips differ"),
        ("n", "the number of test clips differs"),
        ("encoder", "the encoder probed differs"),
        ("budget", "the probe's budget differs"),
        ("recipe", "the recipe differs"),
        ("regime", "the training data differ"),
        ("fingerprint", "the initial weights differ"),
    ):
        one, other = getattr(a, name), getattr(b, name)
        if one != other and one != "" and other != "":
            found.append(f"{words}: {one} against {other}")
    if a.steps != b.steps and VARIANTS[a.variant].trained and VARIANTS[b.variant].trained:
        found.append(f"the training steps differ: {a.steps} against {b.steps}")
    found += _settings(a, b, configs)
    found += _software(a, b)
    if a.control and a.control != b.run and VARIANTS[a.variant].control == b.variant:
        found.append(f"the row names another control: {a.control}")
    return found


def _settings(a: Any, b: Any, configs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if a.run not in configs or b.run not in configs:
        return []
    claimed = {"variant", "reading", *VARIANTS[a.variant].claims, *VARIANTS[b.variant].claims}
    if not (VARIANTS[a.variant].trained and VARIANTS[b.variant].trained):
        claimed.add("optim.steps")
    one, other = flat(configs[a.run]), flat(configs[b.run])
    keys = [key for key in sorted({*one, *other}) if key not in claimed and not key.startswith("runtime.")]
    changed = [
        f"{key} {one.get(key, 'absent')} against {other.get(key, 'absent')}"
        for key in keys
        if one.get(key) != other.get(key)
    ]
    return [f"settings differ: {'; '.join(changed)}"] if changed else []


def _software(a: Any, b: Any) -> list[str]:
    found = []
    one, other = json.loads(a.versions or "{}"), json.loads(b.versions or "{}")
    changed = [
        f"{name} {one[name]} against {other[name]}" for name in sorted({*one} & {*other}) if one[name] != other[name]
    ]
    if changed:
        found.append(f"software differs: {', '.join(changed)}")
    if a.commit != b.commit:
        found.append(f"written by different commits: {a.commit[:10]} against {b.commit[:10]}")
    if a.dirty or b.dirty:
        which = "both runs come" if a.dirty and b.dirty else "one of the two runs comes"
        found.append(f"{which} from a source tree with uncommitted changes")
    return found
