"""What the paper says of codebooks: nearest vectors, gradients straight through, dead vectors."""

import math
from functools import cache

import pytest
import torch
from hypothesis import given, settings, strategies as st
from sklearn.datasets import load_digits

from nna import registry
from nna.architectures.autoencoders.vq_vae.model import VQVAE
from nna.architectures.autoencoders.vq_vae.objective import Averages, VectorQuantised, perplexity
from nna.architectures.autoencoders.vq_vae.spec import Config
from nna.learning.base import Batch, Turn

TINY = Config(channels=1, side=8, width=6, blocks=1, codebook=5, code=3)


def built(seed=0, config=TINY):
    torch.manual_seed(seed)
    return VQVAE(config).double()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999))
def test_every_place_gets_the_nearest_vector(seed):
    model, z_e = built(seed), torch.randn(2, 3, 4, 4).double()
    apart = torch.cdist(z_e.movedim(1, -1).flatten(0, 2), model.codebook)
    torch.testing.assert_close(model.codes(z_e).flatten(), apart.argmin(1))
    chosen = model.vectors(model.codes(z_e)).movedim(1, -1).flatten(0, 2)
    torch.testing.assert_close(
        (chosen - z_e.movedim(1, -1).flatten(0, 2)).norm(dim=1), apart.amin(1)
    )


def test_vectors_of_the_codebook_are_their_own_codes():
    model = built()
    own = model.codebook.detach().T[None, :, :, None]
    assert model.codes(own).flatten().tolist() == [0, 1, 2, 3, 4]


def test_the_gradient_passes_the_codebook_as_if_it_were_not_there():
    model, image = built(), torch.randn(2, 1, 8, 8).double()
    z_e = model.encoder(image)
    z_q = model.vectors(model.codes(z_e)).detach().requires_grad_()
    noise = torch.randn(2, 1, 8, 8).double()
    (at_decoder,) = torch.autograd.grad((model.decoder(z_q) * noise).sum(), z_q)
    weight = model.encoder.get_parameter("5.weight")
    (ours,) = torch.autograd.grad((model(image) * noise).sum(), weight)
    (expected,) = torch.autograd.grad(model.encoder(image), weight, at_decoder)
    torch.testing.assert_close(ours, expected)
    assert ours.abs().max() > 1e-6


def test_what_comes_back_is_known_from_the_codes_alone():
    model, image = built(), torch.randn(3, 1, 8, 8).double()
    torch.testing.assert_close(model(image), model.decode(model.codes(model.encoder(image))))


class Still(torch.nn.Module):
    """Vectors as examples, given on as they come."""

    encoder = decoder = torch.nn.Identity()
    codes, vectors = VQVAE.codes, VQVAE.vectors

    def __init__(self, codebook):
        super().__init__()
        self.codebook = torch.nn.Parameter(torch.tensor(codebook, dtype=torch.float64))


def test_the_cards_example_by_hand():
    model, z = Still([[0.0, 0.0], [2.0, 1.0]]), torch.tensor([1.5, 0.5]).double()
    z = z[None, :, None, None].requires_grad_()
    assert model.codes(z).item() == 1
    loss, quantities = VectorQuantised().loss(model, Batch({"image": z}))
    terms = 0.25, 0.25, 0.25 * 0.25  # error, codebook's, encoder's
    assert quantities["error"].item() == pytest.approx(terms[0])
    assert loss.item() == pytest.approx(sum(terms))
    (by_codebook,) = torch.autograd.grad(loss, [model.codebook])
    assert by_codebook.tolist() == [[0, 0], [0.5, 0.5]]
    card = registry.card("vq_vae")
    assert f"{sum(terms):.4f}" in card
    averages = Averages(model.codebook.detach())
    after = averages.follow(model.codes(z), z.detach(), 0.9)
    assert after[1].tolist() == pytest.approx([1.95, 0.95], abs=1e-4)


def test_commitment_moves_the_encoder_alone_and_the_codebooks_term_the_codebook_alone():
    model, slopes = Still([[0.0], [4.0]]), {}
    for beta in (0.0, 1.0):
        z = torch.tensor([[[[1.0]]]], dtype=torch.float64, requires_grad=True)
        loss, _ = VectorQuantised(commitment=beta).loss(model, Batch({"image": z}))
        slopes[beta] = torch.autograd.grad(loss, [z, model.codebook])
    encoders, codebooks = zip(*slopes.values(), strict=True)
    assert (encoders[1] - encoders[0]).item() == pytest.approx(2.0)  # 2 (z - e)
    assert codebooks[0].tolist() == codebooks[1].tolist() == [[-2.0], [0.0]]  # 2 (e - z)


def test_a_vector_that_nothing_chooses_never_moves_again():
    model, image = built(), torch.randn(4, 1, 8, 8).double()
    with torch.no_grad():
        model.codebook[3:] += 100.0
    before = model.codebook.detach().clone()
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(20):
        optimiser.zero_grad()
        VectorQuantised().loss(model, Batch({"image": image}))[0].backward()
        optimiser.step()
    assert torch.equal(model.codebook[3:], before[3:])
    assert not torch.equal(model.codebook[:3], before[:3])


def test_averages_lead_the_codebook_to_the_mean_of_what_chooses_it():
    torch.manual_seed(0)
    codebook = torch.tensor([[-1.0], [1.0]])
    state = Averages(codebook)
    for _ in range(200):
        z_e = torch.cat([torch.randn(64) * 0.1 - 3, torch.randn(64) * 0.1 + 2])[:, None, None, None]
        codes = (z_e[:, 0] > 0).long()
        codebook = state.follow(codes, z_e, 0.9)
    assert codebook[:, 0].tolist() == pytest.approx([-3.0, 2.0], abs=0.05)


def test_by_averages_the_codebook_has_no_loss_and_follows_every_step():
    model, image = built(), torch.randn(4, 1, 8, 8).double()
    aim = VectorQuantised(decay=0.5).begin(model)
    before = model.codebook.detach().clone()
    batch, optimiser = Batch({"image": image}), torch.optim.SGD(model.parameters(), 1e-3)
    loss, _ = aim.loss(model, batch)
    loss.backward()
    assert model.codebook.grad is None

    def descend(player, loss):
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    aim.step(model, {"model": model}, batch, Turn(descend, 1e-3, 0.0))
    assert not torch.equal(model.codebook, before)


@given(st.integers(1, 50))
def test_the_perplexity_is_the_number_of_vectors_in_even_use(used):
    codes = torch.arange(used).repeat(4)
    assert perplexity(codes, 64).item() == pytest.approx(used, rel=1e-4)
    assert perplexity(torch.zeros(7, dtype=torch.long), 64).item() == pytest.approx(1)


@cache
def trained():
    torch.manual_seed(0)
    images = torch.tensor(load_digits(return_X_y=True)[0], dtype=torch.float32)
    images = ((images - images.mean()) / images.std()).reshape(-1, 1, 8, 8)
    images = images[torch.randperm(len(images))]
    model = VQVAE(Config(channels=1, side=8, width=16, blocks=1, codebook=32, code=4))
    optimiser, aim = torch.optim.Adam(model.parameters(), 3e-3), VectorQuantised()
    for _ in range(200):
        optimiser.zero_grad()
        aim.loss(model, Batch({"image": images[torch.randint(1400, (64,))]}))[0].backward()
        optimiser.step()
    return model, images[1400:]


def test_few_bits_a_digit_bring_back_much_of_it_with_several_vectors_in_use():
    """Four places of 32 vectors are 20 bits."""
    model, new = trained()
    with torch.no_grad():
        error = (model(new) - new).square().mean().item()
        in_use = perplexity(model.codes(model.encoder(new)), 32).item()
    assert error < 0.4  # of a variance of 1
    assert in_use > 2


def test_sides_that_are_no_multiple_of_four_are_refused():
    with pytest.raises(ValueError, match="multiple of 4"):
        VQVAE(Config(channels=1, side=10, width=4, blocks=1, codebook=3, code=2))


def test_a_code_is_a_sixteenth_as_large_and_a_whole_number():
    model = VQVAE(TINY)
    codes = model.codes(model.encoder(torch.randn(2, 1, 8, 8)))
    assert codes.shape == (2, 2, 2)
    assert codes.dtype == torch.long
    bits = codes[0].numel() * math.log2(5)
    assert bits < 10
