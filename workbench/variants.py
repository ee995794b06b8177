"""Variants: what is trained, as data. Every variant is the baseline plus what its entry says, and nothing else.

The 27 variants of arXiv 2605.17165 with its coefficients (OBJECTIVES restates them), its baseline, the random encoder that
every table needs, and a person's own (`workbench.own`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.config import Reading, TextSettings, flat, merge
from workbench.own import load_own
from workbench.registry import Registry


@dataclass(frozen=True)
class TextTerm:
    """A video–text term as "BASE+NAME" asks for it: the objective, its settings, and the schedule of its coefficient λ."""

    objective: str
    settings: dict[str, Any] = field(default_factory=dict)
    schedule: str = ""
    weight: float = 0.1


TEXT_TERMS: Registry[TextTerm] = Registry("video–text term")
for _name in ("infonce", "siglip", "negclip", "vicreg_vt"):
    TEXT_TERMS.add(_name, TextTerm(_name))
    TEXT_TERMS.add(f"{_name}_late", TextTerm(_name, schedule="second_half"))  # added after half of the training
    for _block in ("appearance", "dynamics"):
        TEXT_TERMS.add(f"{_name}_{_block}", TextTerm(_name, {"block": _block}))

TEXT_ONLY = "text_only"
REGIMES = {"single": "motion48", "mixed": "mixed"}  # regime of the study -> what is trained on


@dataclass(frozen=True)
class Variant:
    """One row of the study: settings laid over the baseline's, and the run that it is compared with.

    `masks` are laid over the recipe's masks one by one, a single one over all of them. `published` is laid over the settings
    in the reading `as_published`, and `fault` says in words what it repeats. `regimes` are those in which the study ran it.
    """

    title: str
    settings: dict[str, Any] = field(default_factory=dict)
    masks: tuple[dict[str, Any], ...] = ()
    published: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    regimes: tuple[str, ...] = ()
    control: str = "baseline"
    trained: bool = True

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that differ: one, or two where the released code did something else than is described."""
        return ("as_described", "as_published") if self.published else ("as_described",)

    @property
    def claims(self) -> set[str]:
        """Settings, as `section.key`, in which a run of it may differ from its control, in either reading."""
        # A run without captions has no section `text`: there the setting is None.
        more = [name for name, there in (("masks", self.masks), ("text", "text" in self.settings)) if there]
        return {*flat(self.settings), *flat(self.published), *more}


VARIANTS: Registry[Variant] = Registry("variant", more=load_own, made=lambda name: tied_to_text(name))


def tied_to_text(name: str) -> Variant | None:
    """The variant "BASE+TERM" or "BASE+TERM=λ": BASE with a video–text term of coefficient λ, and BASE its control.

    "text_only+TERM" has no other term than that; its control is the random encoder. None where the name has no such form, or
    names no variant or entry of `TEXT_TERMS`; λ is by default 0.1.
    """
    base, plus, last = name.rpartition("+")
    term, _, value = last.partition("=")
    if (
        not plus
        or term not in TEXT_TERMS
        or (base != TEXT_ONLY and (base not in VARIANTS or not VARIANTS[base].trained))
    ):
        return None
    try:
        weight = float(value) if value else TEXT_TERMS[term].weight
    except ValueError:
        return None
    tied = TEXT_TERMS[term]
    alone = {"predict": 0.0, "context": 0.0} if base == TEXT_ONLY else {}
    entry = Variant("Captions alone, no prediction") if alone else VARIANTS[base]
    section: dict[str, Any] = {"settings": {tied.objective: tied.settings}, "weights": alone | {tied.objective: weight}}
    if tied.schedule:
        section["schedules"] = {tied.objective: tied.schedule}
    text = {"text": TextSettings().model_dump(mode="json")}
    return replace(
        entry,
        title=f"{entry.title}; with captions by {term}, λ = {weight:g}",
        settings=merge(entry.settings, text | {"objective": section}),
        control="random" if alone else base,
        regimes=(),
    )


def trained_variants(regime: str | None = None) -> list[str]:
    """Names of all that is trained, the baseline first; of those that the study ran in a regime."""
    return [name for name, entry in VARIANTS.items() if entry.trained and (regime is None or regime in entry.regimes)]


def _add(
    name: str,
    title: str,
    objectives: dict[str, dict[str, Any]] | None = None,
    weights: dict[str, float] | None = None,
    *,
    regimes: Sequence[str] = ("mixed",),
    more: dict[str, Any] | None = None,
    **entry: Any,
) -> None:
    """A variant of these objectives (name -> settings) with these coefficients; `more` is added to the section `objective`."""
    section = {"settings": objectives or {}, "weights": weights or {}, **(more or {})}
    settings = {"objective": {key: value for key, value in section.items() if value}}
    VARIANTS.add(name, Variant(title, entry.pop("settings", {}) | settings, regimes=tuple(regimes), **entry))


VARIANTS.add("random", Variant("Encoder as initialised, never trained", trained=False))
VARIANTS.add(
    "baseline",
    Variant("V-JEPA: latent prediction and context loss", control="random", regimes=("mixed", "single")),
)

# Masks alone. The study: blocks 8 and 2 become 4 and 1, the context sees the first half of time, all else is predicted.
_FUTURE = {"seen_time": 0.5, "complement": True}
_add(
    "motion_guided",
    "Masked blocks fall where things move",
    masks=({"kind": "motion_guided", "power": 2.0, "uniform": 0.1},),
    regimes=("mixed", "single"),
)
_AMG = ({"kind": "motion_guided", "power": 5.0, "uniform": 0.0},)
_add("amg", "Masked blocks fall where things move, and nowhere else", masks=_AMG)
_add(
    "future_predictive",
    "The context sees the first half of time, the rest is predicted",
    masks=({"blocks": 4} | _FUTURE, {"blocks": 1} | _FUTURE),
    regimes=("single",),
)
_add(
    "motion_future",
    "As future_predictive, its blocks where things move",
    masks=tuple({"kind": "motion_guided", "power": 2.0, "uniform": 0.1, "blocks": count} | _FUTURE for count in (4, 1)),
    regimes=("single",),
)

# Terms. Where `ld` is weighted by hard regions, the study computed it in a block without gradient (OBJECTIVES, item 2).
_FWM = {"fwm": {"app_ratio": 0.5}}
_FWM_WEIGHTS = {"fwm_static": 0.05, "fwm_orth": 0.01}
_LD_FAULT: dict[str, Any] = {
    "published": {"objective": {"no_gradient": ["ld"]}},
    "fault": "The weighted ld error is computed without gradient: it moves the loss that is logged and trains nothing "
    "(released code, commit 3588723, lines 1210–1216).",
}
_add(
    "hw",
    "Hard regions: the worst predicted tokens count most",
    {"hw": {}},
    {"hw": 0.3},
    more={"hard": {"hw": 1.0}},
)
_add("delta", "The context changes in time as the teacher does", {"delta": {}}, {"delta": 0.5})
_add("fwm", "Factorised world model: a static appearance block, decorrelated from the rest", _FWM, _FWM_WEIGHTS)
_add("ld", "Latent dynamics: a head predicts the teacher's change in time", {"ld": {"hidden": 256}}, {"ld": 1.0})
_add(
    "fwm_ld",
    "fwm and ld, whose head sees the dynamics block only",
    _FWM | {"ld": {"hidden": 256, "app_ratio": 0.5}},
    _FWM_WEIGHTS | {"ld": 1.0},
)
_add(
    "hw_ld",
    "hw and ld, both weighted by hard regions",
    {"hw": {}, "ld": {"hidden": 256}},
    {"hw": 1.0, "ld": 1.0},
    more={"hard": {"hw": 1.0, "ld": 1.0}},
    **_LD_FAULT,
)
_add(
    "fwm_hw_ld",
    "fwm, hw and ld together: the study's headline",
    _FWM | {"hw": {}, "ld": {"hidden": 256, "app_ratio": 0.5}},
    _FWM_WEIGHTS | {"hw": 1.0, "ld": 1.0},
    more={"hard": {"hw": 1.0, "ld": 1.0}},
    **_LD_FAULT,
)
_add(
    "combo",
    "delta, hw and the masks of amg",
    {"delta": {}, "hw": {}},
    {"delta": 0.5, "hw": 0.3},
    more={"hard": {"hw": 1.0}},
    masks=_AMG,
)
_add("spectral", "The context has the teacher's spectrum in time", {"spectral": {}}, {"spectral": 1.0})
_add("ltc", "A token is nearer to its own time step than to the next", {"ltc": {"margin": 0.5}}, {"ltc": 0.5})
_add("ac", "A head predicts the change of a token's colour", {"ac": {"hidden": 256}}, {"ac": 1.0})
_add(
    "ac_hw",
    "ac and hw",
    {"ac": {"hidden": 256}, "hw": {}},
    {"ac": 1.0, "hw": 0.3},
    more={"hard": {"hw": 1.0}},
)
_add(
    "fac",
    "fwm and ac, whose head sees the dynamics block only",
    _FWM | {"ac": {"hidden": 256, "app_ratio": 0.5}},
    _FWM_WEIGHTS | {"ac": 1.0},
)

# Runs of the study without EMA: the teacher was never updated, and every evaluation loaded it (OBJECTIVES, item 1).
_NO_EMA = "The teacher is never updated and every evaluation loads it (released code, commit 3588723, line 1457)"
_FROZEN = {"teacher": {"kind": "frozen"}, "probe": {"encoder": "teacher"}}


def _kinematic(name: str, title: str, weight: float, schedules: dict[str, str] | None = None, **settings: Any) -> None:
    _add(
        name,
        title,
        {"kinematic": settings},
        {"kinematic": weight},
        more={"schedules": schedules} if schedules else {},
        regimes=("single",),
        published=_FROZEN | {"objective": {"settings": {"kinematic": {"of": "teacher"}}}},
        fault=f"{_NO_EMA}; the term is on its tokens.",
    )


_kinematic("kinematic", "Latents move slowly", 1.0)
_kinematic("kinematic_0_1", "Latents move slowly, weakly asked for", 0.1)
_kinematic("kinematic_accel", "Latents move evenly", 0.1, order=2)
_kinematic("kinematic_huber", "Latents move slowly, by Huber's loss", 0.1, huber=0.1)
_kinematic("kinematic_anneal", "Latents move evenly, asked for less and less", 0.1, {"kinematic": "cosine"}, order=2)
_kinematic("kinematic_split", "Half of the channels move evenly", 0.1, order=2, share=0.5)
_add(
    "sigreg",
    "Tokens are distributed as an isotropic Gaussian",
    {"sigreg": {"slices": 1024}},
    {"sigreg": 1.0},
    regimes=("single",),
)
_add(
    "sigreg_no_ema",
    "sigreg, the encoder its own teacher",
    {"sigreg": {"slices": 1024}},
    {"sigreg": 1.0},
    settings={"teacher": {"kind": "none"}, "probe": {"encoder": "context"}},
    regimes=("single",),
    published=_FROZEN,
    fault=f"{_NO_EMA}.",
)
_add(
    "hamiltonian",
    "Tokens evolve under a learned energy into the teacher's next",
    {"hamiltonian": {"dt": 0.1}},
    {"hamiltonian": 1.0},
    regimes=("single",),
)
_add(
    "velgate",
    "The context stands still where the teacher says that little moves",
    {"velgate": {"quantile": 0.5}},
    {"velgate": 1.0},
    regimes=("single",),
)


def studied(regime: str) -> list[str]:
    """The random encoder, the baseline and every variant that the study ran in the regime.

    A data set of one's own is trained on with all that the study ran anywhere.
    """
    if regime in REGIMES:
        return ["random", *trained_variants(regime)]
    return ["random", *(name for name in trained_variants() if VARIANTS[name].regimes)]
