"""The map against MiniSom with the same codebook, and against loops over the definitions."""

import numpy as np
import torch
from minisom import MiniSom

from nna import agreement
from nna.architectures.hybrid.som.model import SelfOrganisingMap
from nna.architectures.hybrid.som.spec import Config

RATE, SIGMA = 0.3, 2


def neighbourhood(grid: torch.Tensor, winner: int) -> torch.Tensor:
    """Gaussian of the distance on the grid between every unit and the winner."""
    return torch.exp(-(grid - grid[winner]).square().sum(dim=1) / (2 * SIGMA**2))


def minisom() -> dict[str, float]:
    """Responses, winners, both errors of the map, and one step of learning, on two grids."""
    gaps: dict[str, float] = {}
    for rows, columns in ((6, 4), (1, 9)):
        gaps = agreement.worst(gaps, _minisom(Config(features=7, rows=rows, columns=columns)))
    return gaps


def _minisom(config: Config) -> dict[str, float]:
    torch.manual_seed(0)
    ours, x = SelfOrganisingMap(config).double(), torch.randn(60, config.features).double()
    with torch.no_grad():
        ours.codebook.normal_()
    theirs = MiniSom(config.rows, config.columns, config.features, SIGMA, RATE)
    theirs.get_weights()[:] = ours.codebook.detach().reshape(theirs.get_weights().shape).numpy()

    with torch.no_grad():
        distance = (-ours(x)).sqrt()
    best, second = distance.topk(2, largest=False).indices.T
    apart = (ours.grid[best] - ours.grid[second]).norm(dim=1) > 1.5  # a diagonal is no error
    step = RATE * neighbourhood(ours.grid, int(best[0]))[:, None] * (x[0] - ours.codebook.detach())

    rows = x.numpy()
    responses = np.stack([theirs.activate(row).ravel() for row in rows])
    shape = (config.rows, config.columns)
    winners = [np.ravel_multi_index(theirs.winner(row), shape) for row in rows]
    gaps = {
        "responses": agreement.gap(distance, responses),
        "winners": agreement.gap(best, np.array(winners)),
        "quantisation error": agreement.gap(
            distance.amin(dim=1).mean(), theirs.quantization_error(rows)
        ),
        "topographic error": agreement.gap(apart.double().mean(), theirs.topographic_error(rows)),
    }
    theirs.update(rows[0], theirs.winner(rows[0]), 0, 1)
    learnt = theirs.get_weights().reshape(config.units, -1)
    return gaps | {"learnt codebook": agreement.gap(ours.codebook.detach() + step, learnt)}


def equations() -> dict[str, float]:
    """Scores, feature by feature, and their gradient."""
    torch.manual_seed(1)
    config = Config(features=5, rows=3, columns=4)

    def naive(parameters: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        scores = np.zeros((len(table), config.units))
        for b, example in enumerate(table):
            for row in range(config.rows):
                for column in range(config.columns):
                    unit = row * config.columns + column
                    for k in range(config.features):
                        difference = example[k] - parameters["codebook"][unit, k]
                        scores[b, unit] -= difference**2
        return scores

    return agreement.equations(
        SelfOrganisingMap(config), naive, {"table": torch.randn(6, config.features)}
    )
