"""Training with captions: what a step sees, and that λ = 0 changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.data.readers.test_captioned import own
from tests.data.videos import pattern, write_video
from tests.text.text_models import embed
from tests.training.test_train import CHANGES, assert_same_weights, stop_after
from workbench.config import merge
from workbench.data.captioned import load_captions
from workbench.data.captions import describes
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.encoders import open_encoder
from workbench.errors import UnknownName, WorkbenchError
from workbench.features import features_of
from workbench.models.jepa import Jepa
from workbench.presets import build_config
from workbench.runs import Run
from workbench.text.batch import by_length
from workbench.text.compact import compact_tower
from workbench.text.head import fit_head, own_head
from workbench.text.training import TrainingCaptions
from workbench.training.loop import Interrupted, make_optimiser
from workbench.training.train import check_config, train
from workbench.variants import VARIANTS

pytestmark = pytest.mark.usefixtures("home")


def smoke(variant: str = "baseline+infonce=0.3", **text):
    changes = merge(CHANGES, {"optim": {"steps": 3}, **({"text": text} if text else {})})
    return build_config(variant, "smoke", changes=changes)


def captions_for(config, wrong: bool = False) -> TrainingCaptions:
    return TrainingCaptions(config, load_clips(config.data, "train", progress=False), wrong)


def test_a_name_says_base_term_and_coefficient():
    entry = VARIANTS["fwm_hw_ld+siglip=0.3"]
    assert entry.control == "fwm_hw_ld" and {"text", "text.tower", "objective.weights.siglip"} <= entry.claims
    weights = entry.settings["objective"]["weights"]
    assert (
        weights["siglip"] == 0.3 and weights.items() >= VARIANTS["fwm_hw_ld"].settings["objective"]["weights"].items()
    )
    alone = VARIANTS["text_only+infonce"]
    assert alone.control == "random" and alone.settings["objective"]["weights"]["predict"] == 0
    late, block = (VARIANTS[f"baseline+infonce_{kind}=1"].settings["objective"] for kind in ("late", "dynamics"))
    assert late["schedules"] == {"infonce": "second_half"} and late["weights"] == block["weights"] == {"infonce": 1.0}
    assert block["settings"] == {"infonce": {"block": "dynamics"}}
    assert "baseline+infonce" in VARIANTS and "baseline+infonce" not in list(VARIANTS)
    for name in ("baseline+nce", "baseline+infonce=x", "random+infonce", "text_only", "bse+infonce", "infonce"):
        with pytest.raises(UnknownName, match="Unknown variant"):
            VARIANTS[name]


def test_without_captions_the_settings_keep_the_key_that_they_always_had():
    config = build_config("baseline", "smoke")
    older = config.model_dump(mode="json", exclude={"runtime"})
    assert older.pop("text") is None
    from workbench.files import content_key

    assert config.key() == content_key(older) != smoke().key()


@pytest.mark.parametrize("term", ["infonce", "siglip", "negclip", "vicreg_vt"])
def test_a_term_without_weight_leaves_the_encoder_as_the_baseline_trains_it(term):
    """The two see the same clips, masks and initial weights, so λ = 0 is the control itself, to the rounding of a sum in another order."""
    runs = [train(smoke(variant), show=False) for variant in ("baseline", f"baseline+{term}=0")]
    assert runs[0].info["fingerprint"] == runs[1].info["fingerprint"]
    for name in ("encoder", "teacher", "predictor"):
        one, other = (load_file(run.folder / "weights" / f"{name}.safetensors") for run in runs)
        assert all(torch.allclose(one[key], other[key], atol=1e-6) for key in one)


@pytest.mark.parametrize(("variant", "text"), [("baseline+negclip", {}), ("baseline+infonce", {"train": "frozen"})])
def test_a_run_with_captions_goes_on_as_if_it_had_not_stopped(variant, text, monkeypatch):
    whole = train(smoke(variant, **text), name="whole", show=False)
    with monkeypatch.context() as patch:
        stop_after(patch, 1)
        with pytest.raises(Interrupted):
            train(smoke(variant, **text), name="stopped", show=False)
    resumed = train(smoke(variant, **text), name="stopped", show=False)
    assert_same_weights(whole, resumed)
    towers = [own_head(run).tower for run in (whole, resumed)]
    assert towers[0].key == towers[1].key
    assert (towers[0].key == whole.info["text"]["tower_key"]) == (text == {"train": "frozen"})


def same_tokens(one, other) -> bool:
    pairs = list(zip(one.texts.groups, other.texts.groups, strict=True))
    return torch.equal(one.texts.place, other.texts.place) and all(
        group.ids.shape == twin.ids.shape and torch.equal(group.ids, twin.ids) for group, twin in pairs
    )


def decoded(tower, texts) -> list[str]:
    """The words of a step's texts, in their order."""
    rows = [
        tower._tokenizer.decode(ids[mask].tolist())
        for g in texts.groups
        for ids, mask in zip(g.ids, g.mask, strict=True)
    ]
    return [rows[place].strip() for place in texts.place]


@pytest.mark.parametrize("groups", [1, 2, 3, 50])
def test_texts_read_in_groups_by_length_come_out_in_their_order(groups):
    tower = compact_tower(["a red square moves", "a blue disc turns to the left"])
    texts = [
        "a red square",
        "a",
        "a blue disc turns to the left and then moves",
        "left",
        "red square moves to the left",
    ]
    tokens = tower.tokenise(texts)
    read = by_length(tokens.ids, tokens.mask, groups)
    assert sum(group.ids.numel() for group in read.groups) <= tokens.ids.numel()
    assert torch.allclose(read.read(tower), tower(tokens.ids, tokens.mask), atol=1e-5)


def test_a_step_sees_captions_of_its_clips_drawn_by_seed_and_step():
    captions = captions_for(smoke(captions=2))
    index = np.array([5, 0, 17, 5])
    one, again, later = (captions.draw(index, step) for step in (3, 3, 4))
    assert same_tokens(one, again) and not same_tokens(one, later)
    parts = [captions.draw(index, 3, rank, 2) for rank in (0, 1)]
    assert all(torch.equal(part.matches, one.matches) for part in parts) and one.matches.shape == (4, 8)
    whole = one.read(captions.tower).embeddings
    shares = torch.cat([part.read(captions.tower).embeddings for part in parts])
    assert torch.allclose(whole, shares, atol=1e-5)
    own = torch.eye(4, dtype=torch.bool).repeat_interleave(2, 1)
    assert one.matches[own].all() and one.matches[0, 6:].all()  # clip 5 stands there twice


def test_what_counts_as_true_is_what_describes_says():
    config = smoke(captions=5)
    clips = load_clips(config.data, "train", progress=False)
    table = load_captions(config.data, "train")
    truth = describes(table, clips.table)
    drawn = captions_for(config).draw(np.arange(len(clips)), 0)
    order = np.random.default_rng([config.seed, 0, 13]).integers(0, 5, len(clips))
    rows = np.concatenate([5 * clip + (first + np.arange(5)) % 5 for clip, first in enumerate(order)])
    assert np.array_equal(drawn.matches.numpy(), truth[rows].T)


def test_hard_negatives_are_drawn_with_their_captions():
    captions = captions_for(smoke("baseline+negclip"), wrong=True)
    drawn = captions.draw(np.arange(16), 0)
    assert drawn.wrong_there is not None and drawn.wrong_matches is not None
    assert drawn.wrong_there.all() and not drawn.wrong_matches.diagonal().any()
    text = drawn.read(captions.tower)
    assert text.wrong is not None and text.wrong.shape == text.embeddings.shape == (16, captions.tower.width)
    texts = decoded(captions.tower, drawn.texts)
    assert all(
        len(set(one.split()) - set(other.split())) in (1, 2) for one, other in zip(texts[:16], texts[16:], strict=True)
    )
    assert torch.allclose(torch.cat([text.embeddings, text.wrong]), embed(captions.tower, texts), atol=1e-5)


def test_the_tower_is_trained_at_its_own_rate_or_not_at_all():
    config = smoke(lr_scale=0.1)
    captions = captions_for(config)
    model = Jepa(config, captions.tower.width, captions.trained_tower)
    optimiser = make_optimiser(model, config)
    tower = {id(p) for p in captions.tower.parameters()}
    for group in optimiser.param_groups:
        assert {id(p) in tower for p in group["params"]} == {group["lr_scale"] == 0.1}
    held = {id(p) for group in optimiser.param_groups for p in group["params"]}
    assert held == {id(p) for p in model.trained_parameters()} and tower <= held
    frozen = captions_for(smoke(train="frozen"))
    assert frozen.trained_tower is None and frozen.draw(np.arange(4), 0).texts.embeddings.shape == (
        4,
        frozen.tower.width,
    )


def test_a_head_is_fitted_on_a_frozen_encoder_once(monkeypatch):
    run = train(smoke("baseline"), show=False)
    encoder = open_encoder(run.name)
    clips = load_clips(encoder.config.data, "test", progress=False)
    head = fit_head(encoder)
    found = head.clips(features_of(encoder, clips))
    assert found.shape == (len(clips), 128) and np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert head.words == "fitted on the frozen encoder, infonce, 3 steps"
    monkeypatch.setattr("workbench.text.head._fit", lambda *_: pytest.fail("fitted again"))
    again = fit_head(encoder)
    assert np.array_equal(again.clips(features_of(encoder, clips)), found)
    assert np.array_equal(again.texts(["a red seven"]), head.texts(["a red seven"]))
    with pytest.raises(WorkbenchError, match="trained without captions"):
        own_head(Run.open(run.name))
    with pytest.raises(WorkbenchError, match="'ld' ties no clips to captions"):
        fit_head(encoder, "ld")


def test_captions_that_cannot_be_used_are_named(home):
    for n in range(8):
        write_video(home / "videos" / f"v{n}.mp4", pattern(8, seed=n))
    file = own(home / "videos", [{"video_id": f"v{n}"} for n in range(8)])
    import_videos(file, "mine", val_share=0.2, test_share=0.2)
    config = build_config("baseline+negclip", "smoke", data="mine")
    clips = load_clips(config.data, "train", progress=False)
    with pytest.raises(WorkbenchError, match=r"of 'mine' do not. Take infonce or siglip"):
        TrainingCaptions(config, clips, wrong=True)
    TrainingCaptions(config, clips)
    captions = load_captions(config.data, "train")
    path = home / "data" / "mine" / "captions.parquet"
    captions.assign(caption="a video").to_parquet(path)
    with pytest.raises(WorkbenchError, match=r"All \d training captions of 'mine' are the same"):
        TrainingCaptions(config, clips)
    captions[captions["clip"] != clips.table["clip"][1]].to_parquet(path)
    with pytest.raises(WorkbenchError, match=r"1 of \d training clips of 'mine' have no caption"):
        TrainingCaptions(config, clips)


def test_a_term_without_the_section_is_refused_when_the_settings_are_read():
    config = build_config("baseline", "smoke", changes={"objective": {"settings": {"infonce": {}}}})
    with pytest.raises(WorkbenchError, match="'infonce' ties clips to captions"):
        check_config(config)
