"""Ranking, typing errors, excerpts."""

import pytest
from hypothesis import given, strategies as st

from nna import library
from nna.atlas.search import Document, architectures, indexed, search
from nna.errors import UserError

SHELF = [
    Document("architecture", "lstm", "Long short-term memory", {
        "id": "lstm",
        "name": "Long short-term memory",
        "idea": "A cell behind gates.",
        "Intuition": "A conveyor belt carries the state; gates write to it and erase it.",
    }),
    Document("architecture", "gru", "Gated recurrent unit", {
        "id": "gru",
        "name": "Gated recurrent unit",
        "idea": "Two gates do the work of three.",
        "Intuition": "Memory and output are one.",
    }),
    Document("dataset", "long_lag", "Long lag", {"id": "long_lag", "about": "Schrödinger"}),
]  # fmt: skip


def found(query: str) -> list[str]:
    return [hit.id for hit in search(query, SHELF).hits]


def test_a_name_counts_more_than_prose():
    assert found("memory") == ["lstm", "gru"]


def test_what_is_named_so_exactly_comes_first():
    assert found("long lag")[0] == "long_lag"
    assert found("long_lag")[0] == "long_lag"
    assert found("Gated recurrent unit")[0] == "gru"


def test_more_of_the_words_count_before_better_places():
    assert found("conveyor gates") == ["lstm", "gru"]
    assert found("two gates")[0] == "gru"


def test_beginnings_of_words_are_enough():
    assert found("recurr") == ["gru"]
    assert not search("recurr", SHELF).read_as


def test_typing_errors_are_forgiven_and_told():
    findings = search("memroy convyor", SHELF)
    assert findings.hits[0].id == "lstm"
    assert findings.read_as == {"memroy": "memory", "convyor": "conveyor"}


def test_short_words_are_not_guessed():
    assert found("gnu") == []


@given(st.sampled_from(["memory", "conveyor", "recurrent"]), st.integers(0, 8))
def test_letters_that_changed_places_are_forgiven(word, at):
    at = min(at, len(word) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    findings = search(swapped, SHELF)
    assert findings.read_as == ({swapped: word} if swapped != word else {})
    assert findings.hits == search(word, SHELF).hits


def test_short_words_are_taken_for_others_by_a_swap_only():
    shelf = [Document("k", "a", "die", {"text": "die gate dicey"})]
    assert search("deis", shelf).read_as == {}
    assert search("gaet", shelf).read_as == {"gaet": "gate"}


def test_a_word_with_a_hyphen_is_found_written_as_one():
    shelf = [Document("k", "a", "t", {"text": "pre-training"}), Document("k", "b", "t", {})]
    assert [hit.id for hit in search("pretraining", shelf).hits] == ["a"]
    assert [hit.id for hit in search("pre-training", shelf).hits] == ["a"]


def test_case_and_accents_do_not_matter():
    assert found("SCHRODINGER") == found("schrödinger") == ["long_lag"]


def test_a_hit_shows_the_place():
    (hit,) = search("conveyor", SHELF).hits
    assert (hit.where, hit.kind, hit.title) == (
        "Intuition",
        "architecture",
        "Long short-term memory",
    )
    assert "conveyor belt" in hit.excerpt


def test_a_long_text_is_cut_at_words_around_the_find():
    text = " ".join(["filler"] * 50 + ["needle"] + ["straw"] * 50)
    (hit,) = search("needle", [Document("k", "i", "t", {"text": text})]).hits
    assert hit.excerpt.startswith("… filler")
    assert hit.excerpt.endswith("straw …")
    assert "needle" in hit.excerpt
    assert len(hit.excerpt) < 120


def test_nothing_to_find_in_nothing():
    assert search("memory", []).hits == ()
    assert search("memory", [Document("k", "i", "t", {})]).hits == ()


@pytest.mark.parametrize("query", ["", "  ", "?!", "漢字"])
def test_a_query_without_words(query):
    with pytest.raises(UserError, match="give a word"):
        search(query, SHELF)


def test_the_real_shelf_knows_ideas_and_people():
    hits = search("Rosenblatt", architectures()).hits
    assert hits[0].id == "perceptron"


# what engineers type, and where they want to be: among the first three of everything there is
ASKED = """
optimizer: optimiser; normalization: normalisation; skip connection: skip-connection; MLP: mlp;
vanilla RNN: elman; cost function: loss-function; objective function: losses; epoch: epoch;
receptive field: receptive-field; SGD: sgd; learning rate schedule: schedule; logits: logit;
regularization: regularisation; feed-forward layer: dense-layer; conv layer: convolution;
one-hot encoding: one-hot; tokenizer: tokeniser; train test split: test-set; kNN:
k-nearest-neighbours; training set: training-set; batch norm: batch-normalisation;
layer normalization: layer-normalisation; Xavier initialization: glorot-s-start; Kaiming init:
he-s-start; MSE: squared_error; backprop: back-propagation; bias-variance tradeoff:
bias-variance-trade-off; atrous convolution: dilation; latent space: latent-variable; lasso: l1;
dimensionality reduction: dimensionality-reduction; half precision: bfloat16; GNN: graph-network;
gated recurrent unit: gru; quantization: quantisation; bounding box: bounding-box; SHAP:
shapley-value; explainability: explainability; XGBoost: boosted-trees; nearest neighbors:
k-nearest-neighbours; RAG: retrieval-augmented-generation; SVM: hinge; hyperparameter tuning:
hyperparameter; missing values: missing-values; GPU: graphics-processor; BiLSTM: bidirectional;
PPO: policy-gradient; RMSE: root-mean-squared-error; BLEU: bleu; top-5 error: top-k-accuracy;
anomaly detection: out-of-distribution; word2vec: word2vec; UMAP: t-sne; NMS: ssd; mini-batch:
batch; neural architecture search: nasnet; softmax regression: logistic-regression; red teaming:
red-teaming; learning curves: learning-curve; positional encoding: positional-encoding
"""


@pytest.mark.slow
def test_what_engineers_type_is_found_among_everything():
    shelf = indexed(library.documents())
    pairs = [one.partition(": ") for one in " ".join(ASKED.split()).split("; ")]
    asked = {query: wanted for query, _, wanted in pairs}
    found = {query: [hit.id for hit in search(query, shelf).hits[:3]] for query in asked}
    assert {query: found[query] for query in asked if asked[query] not in found[query]} == {}
