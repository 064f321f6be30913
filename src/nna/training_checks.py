"""The part of the contract that only training shows: dropout, norms, initial weights."""

from __future__ import annotations

from functools import partial

import torch

from nna import initialisation, registry, regularisation
from nna.blocks.unfilled import outlined
from nna.spec import Architecture, Variant
from nna.spec_training import Dropout, Noise
from nna.specimens import sample, shapes_only, tiny

SMALL = 100_000  # parameters of variants whose initial weights are looked at too


def check_dropout(name: str, spec: Architecture) -> str | None:
    """Training draws where, at the rate and as often as declared; evaluation draws nothing."""
    read = []
    for key, variant in _chosen(spec).items():
        _as_declared(name, spec, variant)
        read.append(key)
    model, inputs = tiny(name, spec), sample(spec, 8)
    shown = regularisation.check_drops(model, inputs, spec.tiny, spec.dropout, seeds=4)
    for rule in spec.dropout:
        assert isinstance(rule, Noise) or any(regularisation.rates((rule,), spec.tiny)), (
            f"spec.py: tiny doesn't show the dropout at {rule.at}: give it a rate"
        )
        _desk_as_published(spec, rule)
    return f"{shown}; as declared in {', '.join(read)}" if shown else None


def _as_declared(name: str, spec: Architecture, variant: Variant) -> None:
    model, inputs = shapes_only(name, spec, variant.config, batch=3)
    try:
        with torch.device("meta"):
            regularisation.check_draws(model, inputs, variant.config, spec.dropout)
    except NotImplementedError:  # it looks at values, which shapes alone don't have
        model, inputs = registry.construct(name, variant.config), sample(spec, 3, variant.config)
        regularisation.check_draws(model, inputs, variant.config, spec.dropout)


def _desk_as_published(spec: Architecture, rule: Dropout | Noise) -> None:
    if isinstance(rule, Dropout):
        rates = {
            key: regularisation.rates((rule,), variant.config)
            for key, variant in spec.variants.items()
        }
        none = not any(rates.pop(registry.DESK)) and any(map(any, rates.values()))
        assert bool(rule.desk) == none, (
            f"spec.py: dropout at {rule.at}: say in `desk` why the desk variant drops nothing "
            "where a published one does, and only then"
        )


def _chosen(spec: Architecture) -> dict[str, Variant]:
    """The desk variant, the smallest published one, and the smallest of those that drop most.

    Rates are formulas over the configuration, so further variants would show the same again.
    """
    published = {key: v for key, v in spec.variants.items() if key != registry.DESK}
    if not published:
        return dict(spec.variants)

    def least(key: str, drop: int) -> tuple[float, int]:
        variant = published[key]
        return -drop * sum(regularisation.rates(spec.dropout, variant.config)), variant.params

    keys = {min(published, key=lambda key: least(key, drop)) for drop in (0, 1)}
    return {key: spec.variants[key] for key in (*sorted(keys), registry.DESK)}


def check_norms(name: str, spec: Architecture) -> str | None:
    """Norms have the declared constants, and follow the batch as fast as declared."""
    for variant in _chosen(spec).values():
        with outlined():
            model = registry.resolve(name, spec.model)(variant.config)
        regularisation.check_constants(model, spec.norms)
    model = tiny(name, spec)
    regularisation.check_constants(model, spec.norms)
    kept = regularisation.check_step(model, sample(spec, 8), spec.norms)
    return f"statistics of {kept} norms after a step" if kept else None


def check_initial_weights(name: str, spec: Architecture) -> str:
    """Every tensor starts by the declared law, or by PyTorch's, over seeds."""
    small = sorted((v.params, key) for key, v in spec.variants.items() if v.params <= SMALL)
    configs = [spec.tiny, *(spec.variants[key].config for _, key in small[:2])]
    drawn = initialisation.check(partial(registry.construct, name), configs, spec.initial)
    return f"moments over {drawn} seeds"
