"""Who had which idea, when, and where it stands: one table for cards, guide, errata and map.

The rule of dates: an idea is as old as its first public version, a preprint, a technical report or
a talk's text included; what is implemented here stands beside it, with the year of its venue, in
the spec's `paper`. Works that became public within about a month of each other are concurrent:
neither is said to come before or after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from nna.spec import Architecture


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """An idea with its originators; the cards it is about name them."""

    idea: str
    who: str  # the first originator's name, as citations have it
    year: int  # of the first public version
    source: str  # where to look it up
    about: tuple[str, ...]  # architectures whose cards name it


ATTRIBUTIONS = (
    Attribution(
        idea="layers of hidden units that learn, fitted one after another",
        who="Ivakhnenko",
        year=1965,
        source="Ivakhnenko, Lapa (1965), Cybernetic Predicting Devices",
        about=("boltzmann_machine",),
    ),
    Attribution(
        idea="hidden units that learn by stochastic gradients",
        who="Amari",
        year=1967,
        source="doi:10.1109/PGEC.1967.264666",
        about=("boltzmann_machine",),
    ),
    Attribution(
        idea="the chain rule from the outputs of a program backwards",
        who="Linnainmaa",
        year=1970,
        source="Linnainmaa (1970), master's thesis, University of Helsinki",
        about=("mlp",),
    ),
    Attribution(
        idea="an associative memory of links that examples wrote",
        who="Steinbuch",
        year=1961,
        source="doi:10.1007/BF00293853",
        about=("hopfield",),
    ),
    Attribution(
        idea="a recurrent net of threshold units whose states of rest are memories",
        who="Amari",
        year=1972,
        source="doi:10.1109/T-C.1972.223477",
        about=("hopfield",),
    ),
    Attribution(
        idea="a map that comes to order by itself",
        who="Willshaw",
        year=1976,
        source="doi:10.1098/rspb.1976.0087",
        about=("som",),
    ),
    Attribution(
        idea="shared local detectors and pooling, alternating",
        who="Fukushima",
        year=1980,
        source="doi:10.1007/BF00344251",
        about=("neocognitron", "lenet_1989", "lenet5", "boltzmann_machine"),
    ),
    Attribution(
        idea="shared detectors trained by back-propagation",
        who="Waibel",
        year=1989,  # as a technical report of ATR, 1987
        source="doi:10.1109/29.21701",
        about=("cnn1d", "lenet_1989"),
    ),
    Attribution(
        idea="a restricted Boltzmann machine (harmonium)",
        who="Smolensky",
        year=1986,
        source="Parallel Distributed Processing, volume 1, chapter 6",
        about=("rbm",),
    ),
    Attribution(
        idea="giving back what was given, through few units",
        who="Rumelhart",
        year=1986,
        source="Parallel Distributed Processing, volume 1, chapter 8",
        about=("autoencoder",),
    ),
    Attribution(
        idea="a mixture of experts, weighed by a gate",
        who="Jacobs",
        year=1991,
        source="doi:10.1162/neco.1991.3.1.79",
        about=("moe",),
    ),
    Attribution(
        idea="random hidden units beside the inputs, and least squares",
        who="Pao",
        year=1992,
        source="doi:10.1109/2.144401 and doi:10.1016/0925-2312(94)90053-1",
        about=("flnn", "elm"),
    ),
    Attribution(
        idea="random units through time, and least squares",
        who="Jaeger",
        year=2001,
        source="GMD report 148",
        about=("elm",),
    ),
    Attribution(
        idea="twin networks that compare two inputs",
        who="Baldi",
        year=1993,  # as is Bromley and others, whose network bears the name
        source="doi:10.1162/neco.1993.5.3.402",
        about=("siamese",),
    ),
    Attribution(
        idea="training networks by the order of two distances",
        who="Hoffer",
        year=2014,
        source="arXiv:1412.6622",
        about=("triplet",),
    ),
    Attribution(
        idea="attention between the columns of a table",
        who="Song",
        year=2018,  # published in 2019
        source="arXiv:1810.11921",
        about=("ft_transformer",),
    ),
)

FIRST_PUBLIC = {  # the year of the first public version, where it isn't that of the paper's venue
    "densenet": 2016,
    "gcn": 2016,
    "googlenet": 2014,
    "inception_resnet": 2016,
    "inception_v3": 2015,
    "inception_v4": 2016,
    "modern_hopfield": 2020,
    "moe": 1991,
    "nasnet": 2017,
    "nin": 2013,
    "rbm": 1986,
    "resnet": 2015,
    "resnext": 2016,
    "senet": 2017,
    "sparse_feedforward": 2017,
    "ssd": 2015,
    "vae": 2013,
    "vgg": 2014,
    "xception": 2016,
}

CONCURRENT = (  # within about a month: 4, 7 and 17 May 2021; 4 and 17 September 2014
    frozenset({"mlp_mixer", "resmlp", "gmlp"}),
    frozenset({"vgg", "googlenet"}),
    frozenset({"inception_v4", "inception_resnet"}),  # of one paper
)


def first_public(name: str, spec: Architecture) -> int:
    """The year in which an architecture's idea was first public."""
    return FIRST_PUBLIC.get(name, spec.paper.year)
