"""Held-out perplexity of each variant, computed apart from the project's own runner: the reference its tests compare with.

Protocol `strided`: windows of L tokens moving by S; each scores the tokens that no window before it held, but never its own first
token, which has nothing before it; exp(sum of NLL / scored tokens). No BOS; the whole text is one stream of tokens.

fp16 variants: transformers in fp32, with the checkpoint's matrices rounded to fp16. int8 and int4: Python's onnxruntime on the
exported graph (`source` says which). The fp16 graph is run there too: the two ways must agree.
"""

import argparse
import hashlib
import json
import math
import platform
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import transformers
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from export import VARIANTS, feed, session


def windows(tokens: int, length: int, stride: int):
    """(start, end, first scored position) of each window."""
    start = done = 0
    while done < tokens:
        end = min(start + length, tokens)
        yield start, end, max(done, start + 1)
        start, done = start + stride, end


def sum_nll(logits_of, ids: np.ndarray, length: int, stride: int) -> tuple[float, int]:
    total, scored = 0.0, 0
    for start, end, first in windows(len(ids), length, stride):
        logits = torch.from_numpy(logits_of(ids[None, start:end])[0]).double()
        losses = -logits.log_softmax(-1)[torch.arange(first - start - 1, end - start - 1), ids[first:end]]
        total, scored = total + losses.sum().item(), scored + end - first
    return total, scored


def torch_logits(checkpoint: Path):
    model = LlamaForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    for parameter in model.parameters():
        if parameter.ndim == 2:
            parameter.data = parameter.data.half().float()

    def logits(ids: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return model(torch.from_numpy(ids)).logits.numpy()

    return logits


def onnx_logits(folder: Path):
    run, config = session(folder / "model.onnx"), LlamaConfig.from_pretrained(folder)
    return lambda ids: run.run(["logits"], feed(config, ids, np.ones_like(ids)))[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path("../models"))
    parser.add_argument("--checkpoints", type=Path, default=Path("work/checkpoints"))
    parser.add_argument("--text", type=Path, default=Path("../../data/sotu-heldout.txt"))
    parser.add_argument("--out", type=Path, default=Path("../../test/fixtures/reference-perplexity.json"))
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--stride", type=int, default=128)
    args = parser.parse_args()
    torch.set_num_threads(1)

    raw = args.text.read_bytes()
    variants, stream = {}, None
    for name, (size, bits) in VARIANTS.items():
        folder = args.models / name
        tokenizer = AutoTokenizer.from_pretrained(folder)
        stream = np.array(tokenizer(raw.decode(), verbose=False, add_special_tokens=False)["input_ids"])
        total, scored = sum_nll(onnx_logits(folder), stream, args.window, args.stride)
        facts = {"source": "onnxruntime", "ppl": math.exp(total / scored), "sumNll": total}
        if bits == 16:
            other = facts
            total, scored = sum_nll(torch_logits(args.checkpoints / size), stream, args.window, args.stride)
            facts = {
                "source": "transformers, fp32 arithmetic, matrices rounded to fp16",
                "ppl": math.exp(total / scored),
                "sumNll": total,
                "onnxruntime": {"ppl": other["ppl"], "sumNll": other["sumNll"]},
            }
        variants[name] = {**facts, "modelSha256": hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()}
        print(f"{name}: {facts['ppl']:.4f}", facts.get("onnxruntime", ""), flush=True)
    result = {
        "protocol": "strided",
        "text": {"file": args.text.name, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw), "tokens": len(stream)},
        "window": args.window,
        "stride": args.stride,
        "bos": "none",
        "scoredTokens": scored,
        "variants": variants,
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "onnxruntime": onnxruntime.__version__,
        },
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
