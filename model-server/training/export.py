"""Writes the variants of the family as ONNX directories in the layout of `optimum-cli export onnx`.

base-fp16 and mini-fp16 hold fp16 weights and compute in fp32; base-int8 and base-int4 hold 8 and 4 bit weights in blocks
(onnxruntime's MatMulNBits), embeddings in fp16. Each graph is checked against PyTorch before it is kept: whole sequences, and
step by step with the cache, left-padded.
"""

import argparse
import hashlib
import json
import logging
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from transformers import LlamaForCausalLM

from graph import build

VARIANTS = {
    "base-fp16": ("base", 16),
    "base-int8": ("base", 8),
    "base-int4": ("base", 4),
    "mini-fp16": ("mini", 16),
}
# Weights that share a scale. In 8 bits blocks of 64 read a prompt a sixth faster than blocks of 32.
BLOCK = {4: 32, 8: 64}
# MatMulNBits' accuracy_level. 4 bits: 1, arithmetic in fp32. 8 bits: 4, where activations too are rounded to 8 bits, in blocks of a row:
# in fp32 onnxruntime's CPU kernel for 8 bits takes six times as long.
ACCURACY_LEVEL = {4: 1, 8: 4}
# Most that a logit may differ between a left-padded step with the cache and the whole sequence. Padding changes the order of
# attention's sums, in the seventh digit; where activations are rounded too, that tips some of them to the next step.
DRIFT = {16: 0.001, 8: 0.5, 4: 0.001}


def quantize(model: onnx.ModelProto, bits: int) -> onnx.ModelProto:
    level = ACCURACY_LEVEL[bits]
    config = DefaultWeightOnlyQuantConfig(block_size=BLOCK[bits], is_symmetric=True, accuracy_level=level, bits=bits)
    quantizer = MatMulNBitsQuantizer(model, algo_config=config)
    quantizer.process()
    return quantizer.model.model


def halve_table(model: onnx.ModelProto) -> None:
    """Embeddings are looked up, not multiplied: they stay fp16 where the matrices are quantized."""
    name = "model.embed_tokens.weight"
    table = next(t for t in model.graph.initializer if t.name == name)
    half = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(table).astype(np.float16), name + ".fp16")
    model.graph.initializer.remove(table)
    model.graph.initializer.append(half)
    model.graph.node.insert(0, onnx.helper.make_node("Cast", [half.name], [name], name=name, to=onnx.TensorProto.FLOAT))


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def feed(config, ids: np.ndarray, mask: np.ndarray, past: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    positions = np.maximum(np.cumsum(mask, 1) - 1, 0)[:, -ids.shape[1] :]
    empty = np.zeros((len(ids), config.num_key_value_heads, 0, config.head_dim), np.float32)
    caches = [f"{i}.{x}" for i in range(config.num_hidden_layers) for x in ("key", "value")]
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "position_ids": positions,
        **{f"past_key_values.{c}": past[f"present.{c}"] if past else empty for c in caches},
    }


def check(path: Path, model: LlamaForCausalLM, tolerance: float, most_drift: float) -> float:
    """Mean difference of log-probabilities from PyTorch's; the steps and the padded batch must equal the whole sequence."""
    config, run = model.config, session(path)
    names = [o.name for o in run.get_outputs()]
    random = np.random.default_rng(7)
    ids = random.integers(1, config.vocab_size, (1, 40)).astype(np.int64)
    with torch.no_grad():
        expected = model(torch.from_numpy(ids)).logits.log_softmax(-1).numpy()
    whole = run.run(None, feed(config, ids, np.ones_like(ids)))[0]
    error = float(np.abs(torch.from_numpy(whole).log_softmax(-1).numpy() - expected).mean())
    if error > tolerance:
        raise SystemExit(f"{path}: log-probabilities differ by {error:.4f} on average from PyTorch's, at most {tolerance} is right")
    padded = np.concatenate([np.zeros((1, 7), np.int64), ids], 1)
    batch = np.concatenate([padded, np.concatenate([ids, ids[:, :7]], 1)])
    mask = np.ones_like(batch)
    mask[0, :7] = 0
    outputs = dict(zip(names, run.run(None, feed(config, batch[:, :-10], mask[:, :-10]))))
    for at in range(batch.shape[1] - 10, batch.shape[1]):
        outputs = dict(zip(names, run.run(None, feed(config, batch[:, at : at + 1], mask[:, : at + 1], outputs))))
        drift = np.abs(outputs["logits"][0, 0] - whole[0, at - 7]).max()
        if drift > most_drift:
            raise SystemExit(f"{path}: a step with the cache, left-padded, differs by {drift:.5f} from the whole sequence")
    return error


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_variant(name: str, checkpoints: Path, out: Path) -> None:
    size, bits = VARIANTS[name]
    source, target = checkpoints / size, out / name
    model = LlamaForCausalLM.from_pretrained(source, dtype=torch.float32).eval()
    weights = {key: value.numpy() for key, value in model.state_dict().items()}
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    graph = build(model.config, weights, half=bits == 16, own_head=bits < 16)
    if bits < 16:
        graph = quantize(graph, bits)
        halve_table(graph)
    path = target / "model.onnx"
    onnx.save(graph, path)
    error = check(path, model, tolerance={16: 0.01, 8: 0.1, 4: 1.0}[bits], most_drift=DRIFT[bits])
    training = json.loads((source / "training.json").read_text())
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    for file in ("config.json", "generation_config.json"):
        write_json(target / file, json.loads((source / file).read_text()) | {"use_cache": True})
    tokenizer = json.loads((source / "tokenizer_config.json").read_text()) | {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "chat_template": (source / "chat_template.jinja").read_text(),
    }
    write_json(target / "tokenizer_config.json", tokenizer)
    special = {key: tokenizer[key] for key in ("bos_token", "eos_token", "pad_token")}
    write_json(target / "special_tokens_map.json", special)
    facts = {
        "name": name,
        "family": "sotu",
        "size": size,
        "precision": name.split("-")[1],
        "parameters": training["parameters"],
        "trainingTokens": training["trainingTokens"],
        "checkpoint": "sha256:" + hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest(),
    }
    if bits < 16:
        facts["quantization"] = {"bits": bits, "block": BLOCK[bits], "symmetric": True, "accuracyLevel": ACCURACY_LEVEL[bits]}
    write_json(target / "variant.json", facts)
    print(f"{name}: {path.stat().st_size / 1e6:.2f} MB, mean difference of log-probabilities from PyTorch {error:.5f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", type=Path, default=Path("work/checkpoints"))
    parser.add_argument("--out", type=Path, default=Path("../models"))
    parser.add_argument("variants", nargs="*", default=list(VARIANTS))
    args = parser.parse_args()
    logging.disable(logging.INFO)
    for name in args.variants:
        write_variant(name, args.checkpoints, args.out)


if __name__ == "__main__":
    main()
