"""The encoder layer of the 2017 transformer: attention and two linear maps, each normalised after.

Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin (2017), Attention Is All You
Need, section 3.1, with a GELU for its ReLU: Devlin, Chang, Lee, Toutanova (2019), BERT, appendix
A.2. Every token may look at every other, on both sides, that is none of the padding.
"""

from collections import OrderedDict

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

AttentionMask = Bool[Tensor, "b 1 1 t"]  # true at the tokens that may be looked at


class SelfAttention(nn.Module):
    """Every token asks all tokens; `heads` such questions side by side.

    softmax(q k' / sqrt(per_head)) v of each head, in PyTorch's fused kernel.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} must be a multiple of heads {heads}")
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(width, 3 * width)  # queries, keys, values
        self.proj = nn.Linear(width, width)

    def forward(
        self, x: Float[Tensor, "b t width"], attn_mask: AttentionMask
    ) -> Float[Tensor, "b t width"]:
        """What the tokens found, mixed."""
        query, key, value = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        attn_out = F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=attn_mask,
            dropout_p=self.dropout if self.training else 0.0,
        )
        return self.proj(attn_out.transpose(1, 2).flatten(2))


class EncoderLayer(nn.Module):
    """norm(x + attention(x)), then norm(x + mlp(x)): post-norm."""

    def __init__(
        self, width: int, heads: int, dropout: float, eps: float, gelu: nn.Module | None = None
    ) -> None:
        """A layer.

        Args:
            width: of a token; between the two linear maps it is four times as wide.
            heads: of the attention.
            dropout: of the attention's weights, and of both branches.
            eps: added to the variance by the norms.
            gelu: another form of the nonlinearity; None: the exact one, x times Phi(x).
        """
        super().__init__()
        self.attention = SelfAttention(width, heads, dropout)
        self.norm1, self.norm2 = (nn.LayerNorm(width, eps) for _ in range(2))
        self.mlp = nn.Sequential(
            OrderedDict(
                fc1=nn.Linear(width, 4 * width),
                gelu=gelu or nn.GELU(),
                fc2=nn.Linear(4 * width, width),
            )
        )
        self.drop = nn.Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "b t width"], attn_mask: AttentionMask
    ) -> Float[Tensor, "b t width"]:
        """The tokens, each after a look at the others."""
        x = self.norm1(x + self.drop(self.attention(x, attn_mask)))
        return self.norm2(x + self.drop(self.mlp(x)))


def normal_start(model: nn.Module, std: float) -> None:
    """Normal weights of all linear maps and embeddings, no biases.

    BERT's code (modeling.py, `initializer_range`) draws them so, cut off at two deviations.
    """
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=std)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
