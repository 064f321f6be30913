"""What every course teaches of an architecture stands in its card, by its usual name."""

import pytest

from nna import registry
from nna.atlas.references import body

# of each card: what a reader who comes from a course looks for
ASKED = """
adaline: delta rule; Widrow-Hoff; LMS; least squares
albert: sentence-order; masked; parameter sharing; factorised embedding
alexnet: dropout; ReLU; local response; two graphics cards; augment; overlapping pooling; fully
    connected
autoencoder: encoder; decoder; principal component; reconstruction; bottleneck
bert: next sentence; fine-tun; [CLS]; segment; WordPiece; masked language model
boltzmann_machine: energy; persistent; clamped; annealing; Gibbs
cbam: 7x7; maximum; a tenth more; channel attention; spatial attention
cnn1d: kernel; pool; receptive field; time-delay network; dilat
coatnet: relative; attention; depthwise; stage
conditional_computation: straight-through; Gumbel-softmax; gate; REINFORCE
convnext: depthwise; 7x7; layer norm; GELU; stride 2; second version; stochastic depth; inverted
    bottleneck; patchify; LayerScale
dbn: undirected; directed downwards; complementary priors; contrastive divergence; wake-sleep;
    greedy
ddpm: noise; schedule; U-Net; DDIM; variance; reverse process; forward process; epsilon
deep_feedforward: vanish; explode; tanh; softsign; Xavier
deeplab: dilat; 6, 12 and 18; multi-grid; pyramid; stride; atrous; ASPP
denoising_autoencoder: corrupt; clean; stack; density
densenet: growth; bottleneck; compression; transition; dense block; side by side
distilbert: teacher; student; temperature; cosine; knowledge distillation; soft
efficientnet: compound; width; resolution; squeeze and excitation; MBConv; swish
elm: pseudo-inverse; random vector functional link; ridge; Moore-Penrose
elman: context; vanish; truncat; simple recurrent network; back-propagation through time
faster_rcnn: anchor; RoI pooling; RoIAlign; non-maximum suppression; intersection over union; 0.7;
    smooth L1; region proposal
flnn: random vector functional link; Legendre; Chebyshev; product
ft_transformer: AutoInt; TabTransformer; CLS; feature tokenizer; ReGLU
gan: generator; discriminator; two players; mode collapse; Jensen-Shannon; saturat
gcn: degree; neighbour; over-smooth; spectral; self-loop; renormalisation trick; semi-supervised
gmlp: spatial gating unit; patches; masked language
googlenet: 1x1; auxiliary; global average pooling; Inception module
gpt1: pretrain; fine-tun; next word; byte-pair; decoder
gpt2: query; byte-pair; causal; layer norm; pre-norm; tied weights; Key-value cache
gru: update gate; reset gate; candidate; LSTM
gru_reset_after: cuDNN; reset gate; update gate
highway: transform gate; carry gate; negative
hopfield: energy; Lernmatrix; linear associator; 0.138; exactly zero; Hebb; associative memory;
    asynchron; spurious; attractor
inception_resnet: residual; scale; module
inception_v3: label smoothing; auxiliary; factori
inception_v4: reduction; stem; modules A
kan: grid; edge; B-spline; Kolmogorov-Arnold
lenet1: convolution; sub-sampl; shared; average pooling
lenet5: sub-sampling; shared; table; F6; C3; Gaussian
lenet_1989: second place; ZIP; back-propagation; shared
lstm: forget gate; input gate; output gate; cell; peephole; vanish; constant error carousel
mark_i: photocell; random; response; association units; S-units
mcculloch_pitts: threshold; inhibit; excit; circle; all or none
mlp: chain rule; Linnainmaa; Werbos; universal; back-propagation; activation
mlp_mixer: patch; token-mixing; layer norm; channel-mixing
mobilenet_v1: depthwise; pointwise; width multiplier; resolution multiplier
mobilenet_v2: inverted residual; linear bottleneck; ReLU6; 17 inverted; says 19
mobilenet_v3: h-swish; squeeze and excitation; search; LR-ASPP; NetAdapt
modern_hopfield: softmax; attention; exponential; beta; metastable
moe: gate; expert; load balancing; top_k; noise
mpnn: message; update; readout; edge; GRU
nasnet: controller; policy gradient; normal cell; reduction cell
neocognitron: S-cell; C-cell; shift
neural_ode: adjoint; solver; flow; Euler; ODE
nin: 1x1; global average pooling; mlpconv
perceptron: threshold; plane; mistake; margin; XOR; Novikoff
rbfn: centre; width; Gauss; k-means; pseudo-inverse; radial basis function
rbm: contrastive divergence; bipartite; free energy; Gibbs; partition function
residual_mlp: shortcut; norm; dropout; block
resmlp: affine; LayerScale; teacher; cross-patch
resnet: shortcut; bottleneck; pre-activation; option A; degradation; projection; identity
resnext: cardinality; grouped; bottleneck; paths; aggregated
roberta: next sentence; byte; longer; masked; dynamic masking
senet: squeeze; excitation; reduction; sigmoid; means of all channels; channel attention
siamese: contrastive; margin; shared; pair; embedding
som: winner; neighbourhood; U-matrix; Willshaw and von der Malsburg; topographic; best-matching
    unit; quantisation error
sparse_feedforward: Erdős; prune; grow; SET; pruning
ssd: 8,732; default box; non-maximum suppression; 0.45; 0.2; hard negative
textcnn: max over time; random vectors; non-static; multichannel; word2vec; word vectors
transformer: query; encoder; decoder; multi-head; beam; label smoothing; warm; positional
    encoding; cross-attention; residual
triplet: anchor; positive; negative; margin; semi-hard; Hoffer; million; embedding
unet: contracting path; expanding path; skip; transposed convolution; Dice; encoder; decoder
vae: evidence lower bound; reparameterisation; prior; collapse; KL; approximate posterior
vgg: 3x3; receptive field; max pool; dense layers
wavenet: dilat; causal; gate; condition; skip; mu-law; receptive field; shortcut
wide_resnet: width; dropout; WRN; widening factor; diminishing feature reuse
xception: shortcut; Inception; depthwise separable
"""
ESSENTIALS = {
    name: [" ".join(word.split()) for word in words.split(";")]
    for name, _, words in (
        line.partition(": ") for line in ASKED.replace("\n    ", " ").strip().split("\n")
    )
}


def missing(text: str, asked: list[str]) -> list[str]:
    """Names that a text does without, whatever their case."""
    plain = " ".join(text.split()).lower()
    return [one for one in asked if one.lower() not in plain]


def test_what_is_missing_is_found():
    assert missing("A *region\nproposal* network", ["RoIAlign", "network"]) == ["RoIAlign"]


def test_those_asked_are_there_and_asked_for_several_things():
    assert {*ESSENTIALS} <= {*registry.names()}
    assert len(ESSENTIALS) > 75
    assert all(len(asked) >= 3 for asked in ESSENTIALS.values())


@pytest.mark.parametrize("name", ESSENTIALS)
def test_a_card_has_what_courses_teach_by_its_usual_name(name):
    assert missing(body(name), ESSENTIALS[name]) == []
