"""Dropout, norms and initial weights: what the contract reads, and that planted faults are seen."""

import math
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.nn import functional as F

from nna import contract, initialisation, registry, regularisation
from nna.blocks.stochastic_depth import StochasticDepth
from nna.spec_training import Dropout, Initial, Noise


@dataclass
class Config:
    """No field matters."""


RATES = st.floats(0.05, 0.95)


class Functional(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        return F.dropout(x, self.rate, self.training)


class Attention(Functional):
    def forward(self, x):
        rate = self.rate if self.training else 0.0
        return F.scaled_dot_product_attention(x, x, x, dropout_p=rate)


class ByHand(Functional):
    def forward(self, x):
        if not self.training:
            return x
        return x * (torch.rand_like(x) < 1 - self.rate) / (1 - self.rate)


FORMS = (nn.Dropout, nn.Dropout1d, Functional, Attention, ByHand, StochasticDepth)


def rule(rate, **more):
    return Dropout(at="0", rate=rate, source="a test", **more)


def drops(model, declared, device="cpu"):
    with torch.device(device):
        x = torch.ones(64, 8, 8)
    return regularisation.check_draws(model.to(device), {"input": x}, Config(), [declared])


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=10, deadline=None)
@given(rate=RATES)
def test_every_form_of_dropout_is_read_at_its_rate(form, rate):
    model, whole = nn.Sequential(form(rate)), form is StochasticDepth
    for device in ("cpu", "meta"):
        (draw,) = drops(model, rule(rate, examples=whole), device)
        assert draw.place == "0"
        assert draw.rate == pytest.approx(rate)
    with pytest.raises(AssertionError, match="declared"):
        drops(model, rule(0.9 * rate, examples=whole), "meta")
    with pytest.raises(AssertionError, match="whole examples"):
        drops(model, rule(rate, examples=not whole), "meta")
    with pytest.raises(AssertionError, match="drops 1 times, declared 2"):
        drops(model, rule(rate, examples=whole, times=2), "meta")
    with pytest.raises(AssertionError, match="the spec says no such"):
        drops(model, Noise(at="1", source="a test"), "meta")


def planted(monkeypatch, owner, name, fault):
    original = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *args, **kwargs: fault(original, *args, **kwargs))


def broken(check, name, match=None):
    with pytest.raises(AssertionError, match=match):
        getattr(contract, f"check_{check}")(name, registry.describe(name))


DROPPERS = ("alexnet", "gcn", "googlenet", "mlp", "residual_mlp", "textcnn", "unet", "vgg")


@pytest.mark.parametrize("name", [*DROPPERS, "mobilenet_v2", "wide_resnet"])
def test_dropout_that_is_off_is_seen(monkeypatch, name):
    monkeypatch.setattr(nn.Dropout, "forward", lambda self, x: x)
    broken("dropout", name, "draws nothing in training")


@pytest.mark.parametrize("name", [*DROPPERS, "gan"])
def test_another_rate_is_seen(monkeypatch, name):
    planted(monkeypatch, nn.Dropout, "__init__", lambda init, self, p=0.5: init(self, 0.8 * p))
    broken("dropout", name, r"drops 0\.\d+, declared")


@pytest.mark.parametrize("name", ["alexnet", "mlp"])
def test_dropout_in_evaluation_is_seen(monkeypatch, name):
    monkeypatch.setattr(nn.Dropout, "forward", lambda self, x: F.dropout(x, self.p, True))
    broken("dropout", name, "in evaluation")


@pytest.mark.parametrize("name", ["gpt2", "ft_transformer"])
def test_attention_that_drops_nothing_is_seen(monkeypatch, name):
    def never(original, *args, dropout_p, **kwargs):
        return original(*args, **kwargs)

    planted(monkeypatch, F, "scaled_dot_product_attention", never)
    broken("dropout", name, r"attention draws nothing")


@pytest.mark.parametrize("name", ["convnext", "efficientnet"])
@pytest.mark.parametrize("fault", ["off", "flat", "too small"])
def test_stochastic_depth_gone_wrong_is_seen(monkeypatch, name, fault):
    forward = StochasticDepth.forward
    if fault == "off":
        monkeypatch.setattr(StochasticDepth, "forward", lambda self, branch: branch)
    elif fault == "flat":
        planted(monkeypatch, StochasticDepth, "__init__", lambda init, self, rate: init(self, 0.1))
    else:
        scaled = lambda self, x: forward(self, x) * ((1 - self.rate) if self.training else 1)  # noqa: E731
        monkeypatch.setattr(StochasticDepth, "forward", scaled)
    broken("dropout", name)


def test_dropout_that_nobody_declared_is_seen(monkeypatch):
    monkeypatch.setattr(nn.ReLU, "forward", lambda self, x: F.dropout(x.relu(), 0.1, self.training))
    broken("dropout", "resnet", "the spec says no such")


NORMED = ("resnet", "densenet", "googlenet", "residual_mlp")


@pytest.mark.parametrize("name", NORMED)
def test_norms_that_follow_the_batch_too_slowly_are_seen(monkeypatch, name):
    def slow(init, self, features, eps, momentum, *more, **kwargs):
        init(self, features, eps, 0.1 * momentum, *more, **kwargs)

    planted(monkeypatch, nn.modules.batchnorm._NormBase, "__init__", slow)
    broken("norms", name, "momentum 0.01")


@pytest.mark.parametrize("name", NORMED)
def test_norms_that_say_one_momentum_and_use_another_are_seen(monkeypatch, name):
    def slow(original, x, mean, var, weight, bias, training, momentum, eps):
        return original(x, mean, var, weight, bias, training, 0.1 * momentum, eps)

    planted(monkeypatch, F, "batch_norm", slow)
    broken("norms", name, "did not move by 0.1")


@pytest.mark.parametrize("name", ["nasnet", "convnext", "gmlp"])
def test_another_epsilon_is_seen(monkeypatch, name):
    for norm in (nn.modules.batchnorm._NormBase, nn.LayerNorm):
        original = norm.__init__

        def usual(self, features, *args, _original=original, **kwargs):  # whatever is asked for
            _original(self, features)

        monkeypatch.setattr(norm, "__init__", usual)
    broken("norms", name, "eps 1e-05, declared")


def normal(change):
    """`nn.init.normal_` with another standard deviation."""
    return lambda original, x, mean=0.0, std=1.0: original(x, mean, change(std))


def fans(original, x, *args, mode="fan_in", **kwargs):
    return original(x, *args, mode="fan_in" if mode == "fan_out" else "fan_out", **kwargs)


def even(original, x, *args, **kwargs):
    """A uniform law of the same mean and variance."""
    bound = math.sqrt(3) * float(original(x, *args, **kwargs).detach().std())
    return nn.init.uniform_(x, -bound, bound)


def bell(original, x, low=0.0, high=1.0):
    """A normal law of the same mean and variance."""
    return nn.init.normal_(x, (low + high) / 2, (high - low) / math.sqrt(12))


def wide(original, x, low=0.0, high=1.0):
    return original(x, 1.1 * low, 1.1 * high)


def cut(original, x, mean=0.0, std=1.0, **kwargs):
    """Cut off at two standard deviations, as in TensorFlow."""
    return original(x, mean, std, -2 * std, 2 * std)


HE = "kaiming_normal_"
FAULTS = {
    "gpt2, residual layers as all others": (
        "gpt2",
        "normal_",
        normal(lambda s: s if s == 0.01 else 0.02),
    ),
    "gpt2, positions as tokens": ("gpt2", "normal_", normal(lambda s: 0.02 if s == 0.01 else s)),
    "rbm, too wide": ("rbm", "normal_", normal(lambda s: 1.1 * s)),
    "som, too narrow": ("som", "normal_", normal(lambda s: 0.9 * s)),
    "kan, too wide": ("kan", "normal_", normal(lambda s: 1.1 * s)),
    "ft_transformer, wider": ("ft_transformer", "uniform_", wide),
    "ft_transformer, normal": ("ft_transformer", "uniform_", bell),
    "lenet_1989, normal": ("lenet_1989", "uniform_", bell),
    "lenet1, wider": ("lenet1", "uniform_", wide),
    "convnext, cut off": ("convnext", "trunc_normal_", cut),
    "convnext, as He": ("convnext", "trunc_normal_", lambda f, x, **_: nn.init.kaiming_normal_(x)),
    "resnet, the other fan": ("resnet", HE, fans),
    "alexnet, the other fan": ("alexnet", HE, fans),
    "mlp_mixer, the other fan": ("mlp_mixer", HE, fans),
    "vgg, the other fan": ("vgg", HE, fans),
    "faster_rcnn, the other fan": ("faster_rcnn", HE, fans),
    "resnet, uniform": ("resnet", HE, even),
    "highway, uniform": ("highway", HE, even),
    "mlp, the other law": ("mlp", "xavier_uniform_", lambda f, x: nn.init.xavier_normal_(x)),
    "mlp, biases as PyTorch's": ("mlp", "zeros_", lambda f, x: x),
    "unet, biases as PyTorch's": ("unet", "zeros_", lambda f, x: x),
    "lstm, no forgetting": ("lstm", "constant_", lambda f, x, value: x),
    "siamese, no gain": ("siamese", "calculate_gain", lambda f, *_: 1.0),
    "cnn1d, not PyTorch's": ("cnn1d", "kaiming_uniform_", lambda f, x, **_: f(x)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_weights_that_start_otherwise_are_seen(monkeypatch, fault):
    name, function, replaced = FAULTS[fault]
    planted(monkeypatch, nn.init, function, replaced)
    broken("initial_weights", name)


@settings(max_examples=20, deadline=None)
@given(
    std=st.floats(1e-3, 10.0),
    off=st.one_of(st.floats(0.5, 0.93), st.floats(1.07, 2.0)),
    law=st.sampled_from(["normal", "uniform"]),
)
def test_what_is_declared_passes_and_what_is_not_does_not(std, off, law):
    def build(scale):
        linear = nn.Linear(20, 30, bias=False)
        if law == "normal":
            nn.init.normal_(linear.weight, std=scale)
        else:
            nn.init.uniform_(linear.weight, -scale, scale)
        return linear

    declared = [Initial("weight", law, std, "a test")]
    initialisation.check(lambda _: build(std), [Config()], declared)
    with pytest.raises(AssertionError):
        initialisation.check(lambda _: build(std * off), [Config()], declared)


def test_a_declaration_that_names_no_tensor_is_stale():
    declared = [Initial("absent", "constant", 0.0, "a test")]
    with pytest.raises(AssertionError, match="no tensor is named 'absent'"):
        initialisation.check(lambda _: nn.Linear(3, 3), [Config()], declared)
