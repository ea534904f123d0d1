"""Trains one model of the family: transformers' LlamaForCausalLM, deep and narrow, with one key/value head.

Depth is what a decoding step costs at batch 1, and one key/value head keeps the cache small, so these sizes decode at the pace
of a slow server on a single core while they stay small enough to commit.

Matrices inside the layers are trained with Muon (momentum, then an orthogonalised step), the tied embedding and the norms with
AdamW. The learning rate follows the time used, not a step count: linear warm-up, a flat part, linear decay to zero at --minutes.
So a run always ends on time and annealed, however busy the machine; two runs see about, not exactly, the same tokens.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from transformers import AttentionInterface, AutoTokenizer, LlamaConfig, LlamaForCausalLM

SIZES = {
    "base": {"hidden_size": 96, "intermediate_size": 96, "num_hidden_layers": 104, "num_attention_heads": 2},
    "mini": {"hidden_size": 96, "intermediate_size": 192, "num_hidden_layers": 20, "num_attention_heads": 3},
}


def causal_attention(module, query, key, value, attention_mask, **_):
    """Attention in fp32 inside a bf16 pass: on CPU its backward pass is twice as fast at a head size of 32."""
    heads = query.shape[1]
    with torch.autocast("cpu", enabled=False):
        q, k, v = query.float(), key.float().expand(-1, heads, -1, -1), value.float().expand(-1, heads, -1, -1)
        out = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    return out.transpose(1, 2).contiguous(), None


AttentionInterface.register("training", causal_attention)


def create_model(size: str, vocab: int, context: int, end: int) -> LlamaForCausalLM:
    """A model with random weights; the projections back into the residual stream start small, as depth wants."""
    config = LlamaConfig(
        vocab_size=vocab,
        max_position_embeddings=context,
        num_key_value_heads=1,
        head_dim=32,
        tie_word_embeddings=True,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        use_cache=False,
        **SIZES[size],
    )
    model = LlamaForCausalLM(config)
    model.set_attn_implementation("training")
    for name, weight in model.named_parameters():
        if weight.ndim < 2:
            continue
        std = 0.02 if "embed" in name else weight.shape[1] ** -0.5
        if "o_proj" in name or "down_proj" in name:
            std /= math.sqrt(2 * config.num_hidden_layers)
        torch.nn.init.normal_(weight, std=std)
    return model


def load_stream(folder: Path, tokenizer, limit: int | None = None) -> torch.Tensor:
    """All texts as one stream of tokens, each text after an end-of-text token."""
    ids: list[int] = []
    for file in sorted(folder.glob("*.txt")):
        text = tokenizer(file.read_text(encoding="utf-8"), verbose=False)["input_ids"]
        ids += [tokenizer.eos_token_id, *text[:limit]]
    return torch.tensor(ids, dtype=torch.long)


def batches(stream: torch.Tensor, context: int, size: int, seed: int):
    """Shuffled disjoint windows of the stream, without end, cut at another offset in every epoch: pairs of inputs and targets."""
    random = np.random.default_rng(seed)
    while True:
        starts = np.arange(random.integers(context), len(stream) - context - 1, context)
        random.shuffle(starts)
        for i in range(0, len(starts) - size + 1, size):
            windows = torch.stack([stream[s : s + context + 1] for s in starts[i : i + size]])
            yield windows[:, :-1], windows[:, 1:]


class Muon:
    """Momentum whose step is made (nearly) orthogonal by five Newton-Schulz rounds (Jordan et al. 2024), in stacks of one shape."""

    def __init__(self, parameters: list[torch.nn.Parameter], momentum: float = 0.95) -> None:
        by_shape: dict[torch.Size, list[torch.nn.Parameter]] = {}
        for parameter in parameters:
            by_shape.setdefault(parameter.shape, []).append(parameter)
        self.stacks = [(group, torch.zeros(len(group), *shape)) for shape, group in by_shape.items()]
        self.momentum = momentum

    @torch.no_grad()
    def step(self, rate: float, decay: float) -> None:
        for group, buffer in self.stacks:
            grads = torch.stack([p.grad for p in group])
            buffer.lerp_(grads, 1 - self.momentum)
            update = orthogonalise(grads.lerp(buffer, self.momentum))
            update *= rate * math.sqrt(max(1, buffer.shape[1] / buffer.shape[2]))
            torch._foreach_mul_(group, 1 - rate * decay)
            torch._foreach_sub_(group, list(update.unbind()))


def orthogonalise(matrices: torch.Tensor) -> torch.Tensor:
    wide = matrices.shape[1] <= matrices.shape[2]
    x = (matrices if wide else matrices.mT).bfloat16()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x if wide else x.mT).float()


def schedule(progress: float, warmup: float = 0.02, decay_from: float = 0.4) -> float:
    if progress < warmup:
        return progress / warmup
    return min(1.0, max(0.0, (1 - progress) / (1 - decay_from)))


def loss_of(model, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(inputs).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


@torch.no_grad()
def evaluate(model, stream: torch.Tensor, context: int, windows: int = 16) -> float:
    """Mean loss over windows spaced evenly over the held-out stream: for the log only, nothing is chosen by it."""
    starts = [i * (len(stream) - context - 1) // windows for i in range(windows)]
    batch = torch.stack([stream[s : s + context + 1] for s in starts])
    return loss_of(model, batch[:, :-1], batch[:, 1:]).item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--text", type=Path, default=Path("work/text"))
    parser.add_argument("--tokenizer", type=Path, default=Path("work/tokenizer"))
    parser.add_argument("--out", type=Path, default=Path("work/checkpoints"))
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--short-context", type=int, default=256)
    parser.add_argument("--full-from", type=float, default=0.65, help="share of the time after which windows have the full context")
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--muon-rate", type=float, default=0.02)
    parser.add_argument("--adam-rate", type=float, default=0.003)
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--checkpoint-minutes", type=float, default=3)
    parser.add_argument("--no-compile", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)

    tokenizer = AutoTokenizer.from_pretrained(args.tokenizer)
    train = load_stream(args.text / "train", tokenizer)
    held_out = load_stream(args.text / "heldout", tokenizer)
    model = create_model(args.size, len(tokenizer), args.context, tokenizer.eos_token_id)
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{args.size}: {parameters} parameters, {len(train)} training tokens, {len(held_out)} held out", flush=True)

    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim < 2 or "embed" in n]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(others, lr=args.adam_rate, betas=(0.9, 0.95), weight_decay=0.0)
    if not args.no_compile:
        for layer in model.model.layers:
            layer.compile()

    log, seen, step, used, saved = [], 0, 0, 0.0, 0.0
    recent: list[float] = []

    def save(done: bool) -> None:
        folder = args.out / args.size
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        facts = {
            "size": args.size,
            "parameters": parameters,
            "finished": done,
            "steps": step,
            "trainingTokens": seen,
            "corpusTokens": len(train),
            "minutes": round(used / 60, 2),
            "threads": args.threads,
            "settings": {k: v for k, v in vars(args).items() if not isinstance(v, Path)},
            "torch": torch.__version__,
            "log": log,
        }
        (folder / "training.json").write_text(json.dumps(facts, indent=1) + "\n")

    started = time.monotonic()
    short = batches(train, args.short_context, args.batch_tokens // args.short_context, args.seed)
    full = batches(train, args.context, args.batch_tokens // args.context, args.seed + 1)
    while (progress := used / (args.minutes * 60)) < 1:
        inputs, targets = next(short if progress < args.full_from else full)
        scale = schedule(progress)
        loss = loss_of(model, inputs, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        muon.step(args.muon_rate * scale, args.weight_decay)
        adam.param_groups[0]["lr"] = args.adam_rate * scale
        adam.step()
        model.zero_grad()
        seen, step = seen + inputs.numel(), step + 1
        recent.append(loss.item())
        if step == 2:  # compilation is not training time
            started = time.monotonic() - used
        used = time.monotonic() - started
        if step % 20 == 0:
            entry = {"step": step, "minutes": round(used / 60, 2), "epochs": round(seen / len(train), 3), "loss": round(sum(recent) / len(recent), 4)}
            recent.clear()
            if used - saved > args.checkpoint_minutes * 60:
                saved = used
                entry["heldOut"] = round(evaluate(model, held_out, args.context), 4)
                save(False)
            log.append(entry)
            print(json.dumps(entry), f"{seen / used:.0f} tok/s", flush=True)
    log.append({"step": step, "minutes": round(used / 60, 2), "heldOut": round(evaluate(model, held_out, args.context, 64), 4)})
    save(True)
    print(json.dumps(log[-1]), flush=True)


if __name__ == "__main__":
    main()
