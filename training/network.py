"""The encoder in PyTorch: all-MiniLM-L6-v2, with embeddings of case and place, which an uncased vocabulary lacks.

Source: BERT (Devlin et al. 2019) in the shape of MiniLM (Wang et al. 2020), weights of all-MiniLM-L6-v2 (Apache-2.0).
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dramaturg.encoder.windows import CASES, PLACES

WIDTH, HEADS, LAYERS, INNER, POSITIONS = 384, 12, 6, 1536, 512


class Layer(nn.Module):
    """One transformer layer, with layer normalisation after the attention and after the feed-forward part."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x: (batch, pieces, WIDTH). mask: (batch, 1, 1, pieces), 0 for a piece, a large negative for padding."""
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        seen = seen.transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.norm1(x + F.dropout(self.out(seen), self.dropout, self.training))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), self.dropout, self.training))


class Encoder(nn.Module):
    """Pieces, with their case and place → one vector per piece."""

    def __init__(self, vocabulary: int = 30522, dropout: float = 0.1) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.case = nn.Embedding(CASES, WIDTH)
        self.place = nn.Embedding(PLACES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.dropout = dropout
        for added in (self.case, self.place):
            nn.init.normal_(added.weight, std=0.01)

    def forward(self, ids: Tensor, case: Tensor, place: Tensor, mask: Tensor) -> Tensor:
        """All arguments: (batch, pieces), int; mask: float, 1 for a piece. Returns (batch, pieces, WIDTH)."""
        return self.all_layers(ids, case, place, mask)[-1]

    def all_layers(self, ids: Tensor, case: Tensor, place: Tensor, mask: Tensor) -> list[Tensor]:
        """What goes into the first layer, then what comes out of each: LAYERS + 1 times (batch, pieces, WIDTH)."""
        where = torch.arange(ids.shape[1], device=ids.device)
        x = self.word(ids) + self.position(where) + self.case(case) + self.place(place)
        x = F.dropout(self.norm(x), self.dropout, self.training)
        hidden = (1.0 - mask)[:, None, None, :] * -1e4
        found = [x]
        for layer in self.layers:
            found.append(layer(found[-1], hidden))
        return found


def start_from(path: Path) -> Encoder:
    """The encoder with the weights of all-MiniLM-L6-v2. `path`: its .safetensors file."""
    from safetensors.torch import load_file

    encoder = Encoder()
    encoder.load_state_dict(_renamed(load_file(path)), strict=False)
    return encoder


def _renamed(bert: Mapping[str, Tensor]) -> dict[str, Tensor]:
    bert = {name.removeprefix("bert."): value.float() for name, value in bert.items()}
    out = {
        "word.weight": bert["embeddings.word_embeddings.weight"],
        # All tokens have type 0, so the type embedding is added to the position embedding.
        "position.weight": bert["embeddings.position_embeddings.weight"]
        + bert["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": bert["embeddings.LayerNorm.weight"],
        "norm.bias": bert["embeddings.LayerNorm.bias"],
    }
    names = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for i in range(LAYERS):
        theirs, ours = f"encoder.layer.{i}.", f"layers.{i}."
        for part in ("weight", "bias"):
            parts = [bert[f"{theirs}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            out[f"{ours}qkv.{part}"] = torch.cat(parts)
            for mine, name in names.items():
                out[f"{ours}{mine}.{part}"] = bert[f"{theirs}{name}.{part}"]
    return out
