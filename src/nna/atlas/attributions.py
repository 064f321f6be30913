"""Who had which idea, when, and where it stands: one table for cards, guide, errata and map.

The rule of dates: an idea is as old as its first public version, a preprint, a talk's text or a
report that was given out included. Where that is older than the paper that is built here, the
spec's `since` says so, and a preprint's number or an entry of this table why. Works that became
public within about a month of each other are concurrent: neither is said to come before or after
the other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """An idea with its originators; the cards it is about name them."""

    idea: str
    who: str  # the first originator's name, as citations have it
    year: int  # of the first public version
    source: str  # where to look it up
    about: tuple[str, ...]  # architectures whose cards name it
    errata: tuple[str, ...] = ()  # rows of our errata that say whose it is


ATTRIBUTIONS = (
    Attribution(
        idea="threshold units that learn to name what they are shown",
        who="Rosenblatt",
        year=1957,  # in a report of his laboratory's own programme; the paper is of 1958
        source="Cornell Aeronautical Laboratory, report 85-460-1, and doi:10.1037/h0042519",
        about=("perceptron",),
        errata=("HIST-05",),
    ),
    Attribution(
        idea="the chain rule backwards, for networks with hidden units",
        who="Werbos",
        year=1982,
        source="doi:10.1007/BFb0006203",
        about=("mlp",),
    ),
    Attribution(
        idea="states of noisy symmetric nets, as often visited as their energy says",
        who="Hinton",
        year=1983,
        source="Hinton, Sejnowski (1983), Optimal Perceptual Inference, CVPR",
        about=("boltzmann_machine",),
        errata=("HIST-25",),
    ),
    Attribution(
        idea="chosen functions of the inputs, and one layer that learns",
        who="Pao",
        year=1989,
        source="Pao (1989), Adaptive Pattern Recognition and Neural Networks",
        about=("flnn",),
    ),
    Attribution(
        idea="random hidden units, and least squares",
        who="Schmidt",
        year=1992,
        source="doi:10.1109/ICPR.1992.201708",
        about=("elm",),
    ),
    Attribution(
        idea="a cell that keeps its content, behind gates",
        who="Hochreiter",
        year=1995,  # the paper is of 1997
        source="report FKI-207-95 and doi:10.1162/neco.1997.9.8.1735",
        about=("lstm", "lstm_1997"),
        errata=("HIST-30",),
    ),
    Attribution(
        idea="codes few of whose numbers are active, learnt together with the encoder",
        who="Ranzato",
        year=2006,
        source="Ranzato, Poultney, Chopra, LeCun (2006), Efficient Learning of Sparse "
        "Representations with an Energy-Based Model, NIPS",
        about=("sparse_autoencoder",),
    ),
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
        errata=("HIST-13",),
    ),
    Attribution(
        idea="a recurrent net of threshold units whose states of rest are memories",
        who="Amari",
        year=1972,
        source="doi:10.1109/T-C.1972.223477",
        about=("hopfield",),
        errata=(
            "HIST-10",
            "HIST-13",
        ),
    ),
    Attribution(
        idea="persistent states of nets with noisy units",
        who="Little",
        year=1974,
        source="doi:10.1016/0025-5564(74)90031-5",
        about=("hopfield",),
        errata=("HIST-10", "HIST-13"),
    ),
    Attribution(
        idea="a steeper energy, and so more memories",
        who="Krotov",
        year=2016,
        source="arXiv:1606.01164",
        about=("modern_hopfield",),
    ),
    Attribution(
        idea="a map that comes to order by itself",
        who="Willshaw",
        year=1976,
        source="doi:10.1098/rspb.1976.0087",
        about=("som",),
        errata=("HIST-10",),
    ),
    Attribution(
        idea="shared local detectors and pooling, alternating",
        who="Fukushima",
        year=1979,  # in Japanese; in English in 1980
        source="Transactions of the IECE J62-A and doi:10.1007/BF00344251",
        about=("neocognitron", "lenet_1989", "lenet5", "boltzmann_machine"),
        errata=("HIST-10",),
    ),
    Attribution(
        idea="shared detectors trained by back-propagation",
        who="Waibel",
        year=1987,  # as a talk's text and a report; the paper is of 1989
        source="IEICE SP87-100 and doi:10.1109/29.21701",
        about=("cnn1d", "lenet_1989"),
        errata=("HIST-25",),
    ),
    Attribution(
        idea="detectors shared over pictures, trained by back-propagation",
        who="Zhang",
        year=1988,
        source="Zhang, Tanida, Itoh, Ichioka (1988), Shift-Invariant Pattern Recognition Neural "
        "Network and Its Optical Architecture, Japan Society of Applied Physics",
        about=("lenet_1989",),
    ),
    Attribution(
        idea="outputs that are fed back as inputs",
        who="Jordan",
        year=1986,
        source="Jordan (1986), Serial Order: A Parallel Distributed Processing Approach, "
        "ICS report 8604, University of California, San Diego",
        about=("elman",),
    ),
    Attribution(
        idea="hidden units that read their own last state (the simple recurrent network)",
        who="Elman",
        year=1988,  # as a report; the paper is of 1990
        source="CRL Technical Report 8801, University of California, San Diego, and "
        "doi:10.1207/s15516709cog1402_1",
        about=("elman",),
        errata=("HIST-12",),
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
        idea="attention, by which a translator looks back at single words",
        who="Bahdanau",
        year=2014,
        source="arXiv:1409.0473",
        about=("transformer",),
        errata=("RNN-25",),
    ),
    Attribution(
        idea="layers past which their inputs are carried, by gates",
        who="Srivastava",
        year=2015,
        source="arXiv:1505.00387",
        about=("highway", "resnet"),
    ),
    Attribution(
        idea="drawing by undoing noise, step by step",
        who="Sohl-Dickstein",
        year=2015,
        source="arXiv:1503.03585",
        about=("ddpm",),
    ),
    Attribution(
        idea="attention between the columns of a table",
        who="Song",
        year=2018,  # published in 2019
        source="arXiv:1810.11921",
        about=("ft_transformer",),
    ),
)

CONCURRENT = (  # within about a month: 4, 7 and 17 May 2021; 4 and 17 September 2014
    frozenset({"mlp_mixer", "resmlp", "gmlp"}),
    frozenset({"vgg", "googlenet"}),
    frozenset({"inception_v4", "inception_resnet"}),  # of one paper
)


def about(name: str) -> tuple[Attribution, ...]:
    """Whose ideas an architecture is made of, as far as the table has them, the oldest first."""
    own = (one for one in ATTRIBUTIONS if name in one.about)
    return tuple(sorted(own, key=lambda one: one.year))


def told_by(row: str) -> tuple[Attribution, ...]:
    """Whose ideas an erratum tells, the oldest first."""
    own = (one for one in ATTRIBUTIONS if row in one.errata)
    return tuple(sorted(own, key=lambda one: one.year))
