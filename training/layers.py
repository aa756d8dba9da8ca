"""Train the encoder and every layer's head together: one pass, many answers.

    python -m training.layers --corpora DIR --start CHECKPOINT --vocabulary vocab.txt --work .work/layers

Each step takes one document, or some windows of one, of LitBank (mentions, coreference, events), of the treebanks
(parts of speech, lemmas, dependencies), of PDNC (who says it, who hears it), or, where an earlier run teaches, of raw
novels. The order is drawn from a fixed seed, so a run that was stopped goes on where its last checkpoint stands. Beside
the weights their running mean is kept, which is what goes into the package.
"""

import argparse
import copy
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dramaturg.encoder.pieces import Pieces
from dramaturg.findings import KINDS, TYPES
from dramaturg.layers.coreference import candidates
from dramaturg.layers.pairs import relate
from training import conversation
from training.examples import (
    EITHER,
    Example,
    Labels,
    cut_example,
    grammatical,
    literary,
    load_pieces,
    make_labels,
)
from training.litbank import load_document, split_ids
from training.network import Encoder, start_from
from training.pdnc import load_novel, split
from training.reader import Reader, in_sentences
from training.silver import raw_texts, silver_loss
from training.swapping import Names
from training.treebank import training_texts


@dataclass(frozen=True)
class Config:
    """Every choice of a run."""

    literary: int = 15  # epochs
    grammatical: float = 6.0
    conversational: float = 1.0
    silver: int = 0  # steps over raw novels that the run before teaches
    windows: int = 16  # of a treebank step
    raw: int = 12  # windows of a step over raw novels
    hidden: float = 0.06  # of the pieces
    swap: float = 0.0  # of the LitBank steps, those with other names
    mean: float = 0.997  # how much of the running mean stays at each step
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    warm: int = 100
    decay: float = 0.01
    seed: int = 1


SAVE = 150  # seconds
IGNORED = -100  # an answer that counts for nothing
LOOK = 200  # steps between two looks at what is chosen on


def mention_loss(reader: Reader, x: Tensor, example: Example) -> Tensor:
    """Every span of every sentence: no mention, or one of a type."""
    answers: dict[int, list[tuple[int, int, int]]] = {}
    for first, last, type in example.spans.tolist():
        answers.setdefault(first, []).append((first, last - 1, type + 1 if type >= 0 else IGNORED))
    total = x.new_zeros(())
    for vectors, mask, group in in_sentences(x, example.sentences):
        scores = reader.mentions(vectors).float()
        either = [torch.logsumexp(scores[..., [type + 1 for type in types]], -1, True) for types in EITHER.values()]
        scores = torch.cat([scores, *either], -1)
        n = scores.shape[1]
        gold = torch.zeros(scores.shape[:3], dtype=torch.long)
        for row, (start, end) in enumerate(group):
            for unit in range(start, end):
                for a, b, label in answers.get(unit, ()):
                    if b < end:
                        gold[row, a - start, b - start] = label
        valid = (mask[:, :, None] & mask[:, None, :]) & torch.ones(n, n, dtype=torch.bool).triu()
        whole = torch.logsumexp(scores[valid][:, : 1 + len(TYPES)], 1)
        known = gold[valid] != IGNORED
        right = scores[valid].gather(1, gold[valid].clamp(min=0)[:, None])[:, 0]
        total = total + (whole - right)[known].sum()
    return total / max(20, len(example.spans))


def span_rows(x: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """First, last and mean of the vectors of each stretch of units: (places, 3 * WIDTH)."""
    sums = torch.cat([x.new_zeros(1, x.shape[1]), x.cumsum(0)])
    mean = (sums[last] - sums[first]) / (last - first)[:, None]
    return torch.cat([x[first], x[last - 1], mean], dim=1)


def coreference_loss(reader: Reader, x: Tensor, example: Example) -> Tensor:
    """Kinds of the mentions, and for each the sum of what is given to its earlier mates, or to nobody."""
    spans = torch.from_numpy(example.mentions.astype(np.int64))
    vectors = reader.spans(span_rows(x, spans[:, 0], spans[:, 1]))
    kinds = F.cross_entropy(reader.kinds(vectors).float(), spans[:, 3])
    n = len(spans)
    assert example.places is not None
    later, earlier = candidates(example.places)
    features = torch.from_numpy(relate(example.places, later, earlier).astype(np.int64))
    i, j = torch.from_numpy(later.astype(np.int64)), torch.from_numpy(earlier.astype(np.int64))
    scores = reader.pairs(vectors, vectors, i, j, features).float()
    grid = scores.new_full((n, n + 1), -1e4)
    grid[i, j] = scores
    grid[:, n] = reader.pairs.nobody(vectors).float()
    same = spans[:, 4][:, None] == spans[:, 4][None, :]
    right = torch.zeros(n, n + 1, dtype=torch.bool)
    right[i, j] = same[i, j]
    right[:, n] = ~right[:, :n].any(1)
    share = torch.logsumexp(grid.masked_fill(~right, -1e4), 1) - torch.logsumexp(grid, 1)
    return kinds - share.mean()


def event_loss(reader: Reader, x: Tensor, example: Example) -> Tensor:
    """Whether each unit is an event."""
    gold = x.new_zeros(len(x))
    gold[torch.from_numpy(example.events.astype(np.int64))] = 1
    loss = F.binary_cross_entropy_with_logits(reader.events(x).float(), gold, reduction="sum")
    return loss / max(20, len(example.events))


def syntax_loss(reader: Reader, x: Tensor, example: Example) -> Tensor:
    """Parts of speech, edits, heads and relations."""
    assert example.tree is not None
    tree = torch.from_numpy(example.tree.astype(np.int64))
    dropped = F.dropout(x, 0.2, reader.training)
    loss = F.cross_entropy(reader.syntax.tag(dropped).float(), tree[:, 0], ignore_index=-1)
    loss = loss + 0.5 * F.cross_entropy(reader.syntax.edit(dropped).float(), tree[:, 1], ignore_index=-1)
    arcs, counted = x.new_zeros(()), 0
    for vectors, mask, group in in_sentences(x, example.sentences):
        scores = reader.syntax.arcs(vectors).float().masked_fill(~mask[:, None, :], -1e4)
        gold = torch.full(mask.shape, -1, dtype=torch.long)
        for row, (start, end) in enumerate(group):
            head = tree[start:end, 2] - start
            gold[row, : end - start] = torch.where((head >= 0) & (head < end - start), head, -1)
        arcs = arcs + F.cross_entropy(scores.flatten(0, 1), gold.flatten(), ignore_index=-1, reduction="sum")
        counted += int((gold >= 0).sum())
    known = (tree[:, 2] >= 0) & (tree[:, 3] >= 0)
    relations = reader.syntax.relations(x[known], x[tree[known, 2]]).float()
    return loss + arcs / max(1, counted) + F.cross_entropy(relations, tree[known, 3])


def speech_loss(reader: Reader, x: Tensor, example: Example) -> Tensor:
    """Which mention is who says an utterance, and which who hears it."""
    assert example.speech is not None
    speech = example.speech
    said, named = (torch.from_numpy(a.astype(np.int64)) for a in (speech.utterance, speech.mention))
    utterances = reader.utterances(span_rows(x, said[:, 0], said[:, 1]))
    people = reader.people(span_rows(x, named[:, 0], named[:, 1]))
    pairs = torch.from_numpy(speech.pairs.astype(np.int64))
    i, j, features = pairs[:, 0], pairs[:, 1], pairs[:, 4:]
    loss = x.new_zeros(())
    for scorer, column in ((reader.says, 2), (reader.hears, 3)):
        scores = scorer(utterances, people, i, j, features).float()
        right = pairs[:, column] > 0
        grid = scores.new_full((len(said), len(named) + 1), -1e4)
        grid[i, j] = scores
        grid[:, -1] = scorer.nobody(utterances).float()
        wanted = torch.zeros_like(grid, dtype=torch.bool)
        wanted[i[right], j[right]] = True
        wanted[:, -1] = ~wanted[:, :-1].any(1)
        share = torch.logsumexp(grid.masked_fill(~wanted, -1e4), 1) - torch.logsumexp(grid, 1)
        loss = loss - share.mean()
    return loss


def loss_of(
    reader: Reader, example: Example, pieces: Pieces, teacher: Reader | None = None
) -> tuple[Tensor, dict[str, float]]:
    """The sum of the losses that an example has answers for, and each by name; a raw one has its teacher's."""
    x = reader.vectors(example, pieces)
    parts = {}
    if example.raw:
        assert teacher is not None
        parts |= silver_loss(reader, x, teacher, example, pieces)
    if example.marked:
        parts["mentions" if len(example.mentions) else "others"] = mention_loss(reader, x, example)
    if len(example.mentions):
        parts["coreference"] = coreference_loss(reader, x, example)
        parts["events"] = event_loss(reader, x, example)
    if example.tree is not None:
        parts["syntax"] = syntax_loss(reader, x, example)
    if example.speech is not None:
        parts["speech"] = speech_loss(reader, x, example)
    return torch.stack(list(parts.values())).sum(), {name: value.item() for name, value in parts.items()}


@torch.no_grad()
def dev_figures(reader: Reader, mean: Mapping[str, Tensor], data: "Data", pieces: Pieces) -> dict[str, float]:
    """F1 of entities and of events, and the share of right tags, of the mean's weights: given units and sentences."""
    reader = copy.deepcopy(reader).eval()
    reader.load_state_dict(mean)
    counts = {"entities": np.zeros(3), "events": np.zeros(3)}
    for example in data.literary_dev:
        x = reader.vectors(example, pieces)
        gold = {tuple(span) for span in example.spans.tolist()}
        known = {span[:2] for span in gold if span[2] < 0}
        known |= {(first, last) for first, last, _, kind, _ in example.mentions.tolist() if KINDS[kind] == "pronoun"}
        found = {span for span in _spans(reader, x, example) if span[:2] not in known}
        gold = {span for span in gold if span[:2] not in known}
        counts["entities"] += (len(gold & found), len(gold), len(found))
        told, events = set((reader.events(x) > 0).nonzero()[:, 0].tolist()), set(example.events.tolist())
        counts["events"] += (len(told & events), len(events), len(told))
    figures = {name: 2 * hit / max(1, gold + ours) for name, (hit, gold, ours) in counts.items()}
    right = words = 0
    for example in data.grammatical_dev:
        assert example.tree is not None
        tag = torch.from_numpy(example.tree[:, 0].astype(np.int64))
        right += int((reader.syntax.tag(reader.vectors(example, pieces)).argmax(1) == tag).sum())
        words += len(tag)
    return {"dev_" + name: round(float(value), 4) for name, value in {**figures, "tags": right / words}.items()}


def _spans(reader: Reader, x: Tensor, example: Example) -> Iterator[tuple[int, int, int]]:
    for vectors, mask, group in in_sentences(x, example.sentences):
        scores = reader.mentions(vectors).float()
        best = scores[..., 1:].amax(-1) - scores[..., 0]
        valid = (mask[:, :, None] & mask[:, None, :]) & torch.ones_like(best, dtype=torch.bool).triu()
        for row, first, last in ((best > 0) & valid).nonzero().tolist():
            start = group[row][0]
            yield start + first, start + last + 1, int(scores[row, first, last, 1:].argmax())


@dataclass
class Data:
    """The examples of each kind, and what is chosen on."""

    labels: Labels
    literary: list[Example]
    grammatical: list[Example]
    conversational: list[Example]
    silver: list[Example]
    literary_dev: list[Example]
    grammatical_dev: list[Example]


def read_data(corpora: Path, pieces: Pieces, config: Config, cache: Path) -> Data:
    """Read the corpora, or what was read of them before."""
    if cache.exists():
        data: Data = torch.load(cache, weights_only=False)
        return data
    litbank = corpora / "litbank"
    learn, choose = training_texts(corpora)
    labels = make_labels(learn)
    trees = [grammatical(text, pieces, labels) for text in learn]
    names = split(corpora / "pdnc", "train") if config.conversational else []
    novels = [load_novel(corpora / "pdnc", name) for name in names]
    data = Data(
        labels,
        [literary(load_document(litbank, id), pieces) for id in split_ids(litbank, "train")],
        [step for marked in (True, False) for step in _steps([e for e in trees if e.marked == marked], config.windows)],
        [example for novel in novels for example in conversation.conversational(novel, pieces)],
        raw_texts(corpora, pieces, config.raw, config.silver, config.seed),
        [literary(load_document(litbank, id), pieces) for id in split_ids(litbank, "dev")],
        [grammatical(text, pieces, labels) for text in choose],
    )
    torch.save(data, cache)
    return data


def _steps(examples: list[Example], windows: int) -> Iterator[Example]:
    """Treebank documents put together or cut so that each has about so many windows."""
    waiting: list[Example] = []
    for example in examples:
        for at in range(0, len(example.windows), windows):
            waiting.append(cut_example(example, at, at + windows))
            if sum(len(e.windows) for e in waiting) >= windows:
                yield join(waiting)
                waiting = []
    if waiting:
        yield join(waiting)


def join(examples: list[Example]) -> Example:
    """Treebank examples as one; no window or sentence crosses from one to the next."""
    from dramaturg.encoder.windows import Inputs, Window

    base = np.cumsum([0, *(e.units for e in examples)])
    pieces = np.cumsum([0, *(len(e.inputs.ids) for e in examples)])
    trees = []
    for example, low in zip(examples, base.tolist(), strict=False):
        assert example.tree is not None
        tree = example.tree.copy()
        tree[tree[:, 2] >= 0, 2] += low
        trees.append(tree)
    inputs = Inputs(
        np.concatenate([e.inputs.ids for e in examples]),
        np.concatenate([e.inputs.unit + low for e, low in zip(examples, base.tolist(), strict=False)]),
        np.concatenate([e.inputs.case for e in examples]),
        np.concatenate([e.inputs.place for e in examples]),
        np.concatenate([e.inputs.first + low for e, low in zip(examples, pieces.tolist(), strict=False)]),
    )
    moved = list(zip(examples, base.tolist(), strict=False))
    windows = [Window(w.first + low, w.last + low) for e, low in moved for w in e.windows]
    sentences = [(a + low, b + low) for e, low in moved for a, b in e.sentences]
    shift = [np.array([low, low, 0], np.int32) for low in base[:-1].tolist()]
    spans = np.concatenate([e.spans + by for e, by in zip(examples, shift, strict=True)])
    return Example(
        inputs, windows, sentences, int(base[-1]), spans, tree=np.concatenate(trees), marked=examples[0].marked
    )


def schedule(data: Data, config: Config) -> list[Example]:
    """Every step of a run, in order."""
    draw = np.random.default_rng(config.seed)
    steps = []
    for examples, epochs in (
        (data.literary, config.literary),
        (data.grammatical, config.grammatical),
        (data.conversational, config.conversational),
        (data.silver, 1),
    ):
        whole: list[Example] = []
        while len(whole) < len(examples) * epochs:
            whole.extend(examples[i] for i in draw.permutation(len(examples)))
        whole = whole[: int(len(examples) * epochs)]
        # evenly over the run, each kind in the order drawn
        at = (np.arange(len(whole)) + draw.random(len(whole))) / max(1, len(whole))
        steps.extend(zip(np.sort(at).tolist(), whole, strict=True))
    return [example for _, example in sorted(steps, key=lambda step: step[0])]


def main() -> None:
    """Train, or go on training, until the schedule or the minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="masked words' checkpoint, or model.safetensors")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--after", type=Path, help="an earlier run's checkpoint.pt, to go on from, and to be taught by")
    parser.add_argument("--work", type=Path, default=Path(".work/layers"))
    parser.add_argument("--minutes", type=float, default=10**6)
    parser.add_argument("--threads", type=int, default=2)
    for name, value in asdict(Config()).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    args = parser.parse_args()
    if not (args.start or args.after):
        parser.error("give --start or --after: a run needs something to go on from")
    config = Config(**{name: getattr(args, name) for name in asdict(Config())})
    torch.set_num_threads(args.threads)
    torch.manual_seed(config.seed)
    args.work.mkdir(parents=True, exist_ok=True)
    pieces = load_pieces(args.vocabulary)
    data = read_data(args.corpora, pieces, config, args.work / "data.pt")
    reader = Reader(data.labels, _encoder(args.start) if args.start else Encoder(), config.hidden)
    optimizer = _optimizer(reader, config)
    steps = schedule(data, config)
    names = Names(data.literary) if config.swap else None
    number = {id(example): i for i, example in enumerate(data.literary)}
    saved = args.work / "checkpoint.pt"
    step, teacher = 0, None
    if args.after:
        before = torch.load(args.after, weights_only=False)
        reader.load_state_dict(before["mean"], strict=False)
        if data.silver:
            teacher = copy.deepcopy(reader).eval().requires_grad_(False)
    mean = {name: value.clone() for name, value in reader.state_dict().items()}
    if saved.exists():
        state = torch.load(saved, weights_only=False)
        reader.load_state_dict(state["reader"])
        optimizer.load_state_dict(state["optimizer"])
        step, mean = state["step"], state["mean"]
    begun = last = time.time()
    seen: dict[str, list[float]] = {}
    print(json.dumps({"steps": len(steps), "from": step, **asdict(config)}), flush=True)
    while step < len(steps) and time.time() - begun < args.minutes * 60:
        torch.manual_seed(config.seed + step)
        part = min(1.0, (step + 1) / config.warm) * max(0.02, 1 - step / len(steps))
        for group in optimizer.param_groups:
            group["lr"] = part * group["full"]
        reader.train()
        example, draw = steps[step], np.random.default_rng((config.seed, step))
        if names is not None and id(example) in number and draw.random() < config.swap:
            example = names.swap(example, number[id(example)], draw)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss, parts = loss_of(reader, example, pieces, teacher)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        step += 1
        keep = min(config.mean, step / (step + 9))
        for name, value in reader.state_dict().items():
            mean[name].lerp_(value, 1 - keep)
        for name, value in parts.items():
            seen.setdefault(name, []).append(value)
        if step % 25 == 0:
            means = {name: round(float(np.mean(values)), 4) for name, values in seen.items()}
            print(json.dumps({"step": step, "minutes": round((time.time() - begun) / 60, 1), **means}), flush=True)
            seen = {}
        if step % LOOK == 0 or step == len(steps):
            print(json.dumps({"step": step, **dev_figures(reader, mean, data, pieces)}), flush=True)
        if time.time() - last > SAVE or step == len(steps):
            beside = saved.with_suffix(".new")
            state = {"reader": reader.state_dict(), "mean": mean, "optimizer": optimizer.state_dict(), "step": step}
            torch.save(state, beside)
            beside.rename(saved)
            last = time.time()


def _encoder(path: Path) -> Encoder:
    if path.suffix == ".safetensors":
        return start_from(path)
    encoder = Encoder()
    state = torch.load(path)["guesser"]
    encoder.load_state_dict({name[8:]: value for name, value in state.items() if name.startswith("encoder.")})
    return encoder


def _optimizer(reader: Reader, config: Config) -> torch.optim.AdamW:
    groups = []
    for inside, rate in ((True, config.rate), (False, config.head_rate)):
        for matrix in (True, False):
            chosen = [
                p
                for name, p in reader.named_parameters()
                if name.startswith("encoder.") == inside and (p.dim() > 1) == matrix
            ]
            groups.append({"params": chosen, "full": rate, "weight_decay": config.decay if matrix else 0.0})
    return torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.98), fused=True)


if __name__ == "__main__":
    main()
