"""What is known of autoencoders beyond the contract: linear ones, bent ones, and sampling."""

import math

import pytest
import torch

from nna.architectures.autoencoders.autoencoder.model import Autoencoder
from nna.architectures.autoencoders.autoencoder.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined


def error(model, table):
    return (model(table) - table).square().mean()


def fit(model, table, *, steps=400, rate=3e-3):
    optimiser = torch.optim.Adam(model.parameters(), rate)
    for _ in range(steps):
        optimiser.zero_grad()
        error(model, table).backward()
        optimiser.step()


def test_a_linear_one_finds_the_subspace_of_the_principal_components():
    torch.manual_seed(0)
    spread = torch.tensor([3.0, 2.0, 1.0, 0.5, 0.3, 0.1])
    table = torch.randn(300, 6) * spread @ torch.linalg.qr(torch.randn(6, 6))[0] + 1
    model = Autoencoder(Config(features=6, code=2))
    optimiser = torch.optim.LBFGS(model.parameters(), max_iter=300, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = error(model, table)
        loss.backward()
        return loss

    optimiser.step(closure)
    _, values, axes = torch.linalg.svd(table - table.mean(dim=0))
    assert error(model, table).item() == pytest.approx(
        (values[2:].square().sum() / table.numel()).item(), rel=1e-3
    )
    ours = torch.linalg.qr(model.get_parameter("decoder.0.weight"))[0]
    cosines = torch.linalg.svdvals(axes[:2] @ ours)  # of the angles between the two planes
    assert cosines.min() > 0.999


def test_its_codes_are_known_only_up_to_an_invertible_matrix():
    torch.manual_seed(0)
    model, table = Autoencoder(Config(features=6, code=3)).double(), torch.randn(9, 6).double()
    before, mix = model(table), torch.randn(3, 3).double()
    into, out = (model.get_parameter(f"{half}.0.weight") for half in ("encoder", "decoder"))
    with torch.no_grad():
        into.copy_(mix @ into)
        out.copy_(out @ mix.inverse())
    torch.testing.assert_close(model(table), before)


def test_reconstructions_move_in_no_more_directions_than_the_code_has_numbers():
    torch.manual_seed(0)
    model = Autoencoder(Config(features=12, hidden=(20,), code=3)).double()
    jacobian = torch.autograd.functional.jacobian(model, torch.randn(1, 12).double())
    values = torch.linalg.svdvals(jacobian.reshape(12, 12))
    assert values[2] > 1e-3
    assert values[3] < 1e-12


def test_one_number_follows_an_arc_where_one_component_cannot():
    torch.manual_seed(0)
    angle = torch.rand(400) * 1.5 * math.pi
    table = torch.stack([angle.cos(), angle.sin()], dim=1)
    found = []
    for _ in range(3):  # one start in ten folds the arc and stays so
        model = Autoencoder(Config(features=2, hidden=(32,), code=1, activation="relu"))
        fit(model, table, rate=1e-2)
        found.append(error(model, table).item())
    left = torch.linalg.svdvals(table - table.mean(dim=0))[1] ** 2 / table.numel()
    assert min(found) < left / 20


@pytest.mark.parametrize(
    ("variant", "sizes"),
    [
        ("mnist", [784, 1000, 500, 250, 30, 250, 500, 1000, 784]),
        ("curves", [784, 400, 200, 100, 50, 25, 6, 25, 50, 100, 200, 400, 784]),
    ],
)
def test_the_decoder_mirrors_the_encoder(variant, sizes):
    with outlined():
        model = Autoencoder(VARIANTS[variant].config)
    affine = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    assert [affine[0].in_features, *(m.out_features for m in affine)] == sizes


def test_random_codes_do_not_decode_to_examples():
    torch.manual_seed(0)
    turn = torch.arange(8) * math.pi / 4
    centres = 2 * torch.stack([turn.cos(), turn.sin()], dim=1)
    table = centres[torch.randint(8, (1000,))] + 0.05 * torch.randn(1000, 2)
    model = Autoencoder(Config(features=2, hidden=(64, 64), code=1, activation="relu"))
    fit(model, table)

    def share_on_the_data(points):
        return (torch.cdist(points, centres).amin(dim=1) < 0.2).double().mean()

    with torch.no_grad():
        codes = model.encoder(table)
        drawn = codes.mean() + codes.std() * torch.randn(1000, 1)
        assert share_on_the_data(model(table)) > 0.93
        assert share_on_the_data(model.decoder(drawn)) < 0.5


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Autoencoder(Config(features=4, code=0))


def test_the_cards_example_by_hand():
    model = Autoencoder(Config(features=2, code=1)).double()
    encoder, decoder = (model.get_parameter(f"{part}.0.weight") for part in ("encoder", "decoder"))
    points = torch.tensor([[3.0, 1.0], [1.8, 2.4]], dtype=torch.float64)
    with torch.no_grad():
        encoder.copy_(torch.tensor([[0.6, 0.8]]))
        decoder.copy_(torch.tensor([[0.6], [0.8]]))
        codes, back = model.encoder(points), model(points)
        assert codes[:, 0].tolist() == pytest.approx([2.6, 3])
        assert back.flatten().tolist() == pytest.approx([1.56, 2.08, 1.8, 2.4])
        assert error(model, points[:1]).item() == pytest.approx(1.62)
        encoder.mul_(2)
        decoder.div_(2)
        torch.testing.assert_close(model(points), back)
        torch.testing.assert_close(model.encoder(points), 2 * codes)
