"""Writes a Llama with one key/value head as an ONNX graph, in the input and output convention of `optimum-cli export onnx`.

Written by hand because the result is half the nodes of a traced graph, so it loads faster, and because with one key/value head
attention needs no repeated keys and no transposition at all: query rows [time x heads] meet the keys in one product.
Fused operators of onnxruntime's `com.microsoft` domain are used where its CPU provider has them.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
MASKED = -1e30  # finite: a row that is all padding must not turn into NaN


class Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def add(self, op: str, inputs: list[str], *outputs: str, domain: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, list(outputs), name=outputs[0], domain=domain, **attributes))
        return outputs[0]

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def ints(self, *values: int) -> str:
        return self.constant("ints_" + "_".join(map(str, values)).replace("-", "m"), np.array(values, np.int64))

    def weight(self, name: str, value: np.ndarray, half: bool) -> str:
        """fp32, or fp16 with a Cast that onnxruntime folds into an fp32 constant when it loads the model."""
        if not half:
            return self.constant(name, value.astype(np.float32))
        stored = self.constant(name + ".fp16", value.astype(np.float16))
        return self.add("Cast", [stored], name, to=TensorProto.FLOAT)


def rotary_tables(config) -> tuple[np.ndarray, np.ndarray]:
    theta = config.rope_parameters["rope_theta"]
    frequencies = theta ** -(np.arange(0, config.head_dim, 2, dtype=np.float64) / config.head_dim)
    angles = np.outer(np.arange(config.max_position_embeddings), frequencies)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def build(config, weights: dict[str, np.ndarray], half: bool, own_head: bool = False) -> onnx.ModelProto:
    """`weights` are the state dict of LlamaForCausalLM as fp32 arrays.

    `own_head` stores the tied output matrix a second time, as a constant that a quantizer can reach.
    """
    if config.num_key_value_heads != 1 or not config.tie_word_embeddings:
        raise ValueError("this graph is for one key/value head and tied embeddings")
    g = Graph()
    heads, size, layers = config.num_attention_heads, config.head_dim, config.num_hidden_layers
    norm = {"axis": -1, "epsilon": config.rms_norm_eps}
    skip_norm = {"domain": MICROSOFT, "epsilon": config.rms_norm_eps}
    cos, sin = (g.constant(n, t) for n, t in zip(("rotary.cos", "rotary.sin"), rotary_tables(config)))

    # Additive mask [batch, time, 1, past + time]: a key is seen if it is not padding and not later than the query.
    g.add("Shape", ["input_ids"], "time", start=1, end=2)
    g.add("Shape", ["attention_mask"], "total", start=1, end=2)
    g.add("Squeeze", ["total"], "total.scalar")
    g.add("Range", [g.constant("zero", np.array(0, np.int64)), "total.scalar", g.constant("one", np.array(1, np.int64))], "key.index")
    g.add("Sub", ["total", "time"], "past")
    g.add("Slice", ["key.index", "past", "total"], "query.index")
    g.add("Unsqueeze", ["query.index", g.ints(1, 2)], "query.column")
    g.add("LessOrEqual", ["key.index", "query.column"], "causal")
    g.add("Cast", ["attention_mask"], "mask.bool", to=TensorProto.BOOL)
    g.add("Unsqueeze", ["mask.bool", g.ints(1, 2)], "mask.keys")
    g.add("And", ["causal", "mask.keys"], "visible")
    g.add("Where", ["visible", g.constant("seen", np.float32(0)), g.constant("masked", np.float32(MASKED))], "bias")

    # Scores change between rows [batch, time x heads, keys] and [batch, time, heads, keys], where the mask fits.
    g.add("Concat", [g.ints(0), "time", g.ints(heads), g.ints(-1)], "scores.shape", axis=0)
    g.add("Concat", [g.ints(0), g.ints(-1), "total"], "rows.shape", axis=0)

    embedding = weights["model.embed_tokens.weight"]
    table = g.weight("model.embed_tokens.weight", embedding, half)
    residual = g.add("Gather", [table, "input_ids"], "embeddings")
    rows, flat = g.ints(0, -1, size), g.ints(0, -1, heads * size)
    mlp = ""
    for i in range(layers):
        p, n = f"model.layers.{i}.", f"layer{i}."
        w = lambda name: weights[p + name + ".weight"].T  # noqa: E731
        gamma = g.constant(p + "input_layernorm.weight", weights[p + "input_layernorm.weight"])
        if i == 0:
            normed = g.add("SimplifiedLayerNormalization", [residual, gamma], n + "attn.in", **norm, stash_type=1)
        else:
            g.add("SkipSimplifiedLayerNormalization", [residual, mlp, gamma], n + "attn.in", "", "", n + "resid", **skip_norm)
            normed, residual = n + "attn.in", n + "resid"
        qkv = g.weight(p + "self_attn.qkv", np.concatenate([w(f"self_attn.{x}_proj") for x in "qkv"], 1), half)
        g.add("MatMul", [normed, qkv], n + "qkv")
        g.add("Split", [n + "qkv", g.ints((heads + 1) * size, size)], n + "qk", n + "v", axis=-1)
        g.add("RotaryEmbedding", [n + "qk", "position_ids", cos, sin], n + "qk.rot", domain=MICROSOFT, interleaved=0)
        g.add("Split", [n + "qk.rot", g.ints(heads * size, size)], n + "q", n + "k", axis=-1)
        for x in ("key", "value"):
            g.add("Unsqueeze", [n + x[0], g.ints(1)], n + x)
            g.add("Concat", [f"past_key_values.{i}.{x}", n + x], f"present.{i}.{x}", axis=2)
            g.add("Squeeze", [f"present.{i}.{x}", g.ints(1)], n + x + "s")
        g.add("Reshape", [n + "q", rows], n + "q.rows")
        g.add("FusedMatMul", [n + "q.rows", n + "keys"], n + "scores", domain=MICROSOFT, transB=1, alpha=size**-0.5)
        g.add("Reshape", [n + "scores", "scores.shape"], n + "scores.heads")
        g.add("Add", [n + "scores.heads", "bias"], n + "scores.masked")
        g.add("Softmax", [n + "scores.masked"], n + "weights", axis=-1)
        g.add("Reshape", [n + "weights", "rows.shape"], n + "weights.rows")
        g.add("MatMul", [n + "weights.rows", n + "values"], n + "context.rows")
        g.add("Reshape", [n + "context.rows", flat], n + "context")
        g.add("MatMul", [n + "context", g.weight(p + "self_attn.o_proj", w("self_attn.o_proj"), half)], n + "attn")
        gamma = g.constant(p + "post_attention_layernorm.weight", weights[p + "post_attention_layernorm.weight"])
        g.add("SkipSimplifiedLayerNormalization", [residual, n + "attn", gamma], n + "mlp.in", "", "", n + "resid.mid", **skip_norm)
        residual = n + "resid.mid"
        gate_up = g.weight(p + "mlp.gate_up", np.concatenate([w("mlp.gate_proj"), w("mlp.up_proj")], 1), half)
        g.add("MatMul", [n + "mlp.in", gate_up], n + "gate.up")
        g.add("Split", [n + "gate.up"], n + "gate", n + "up", axis=-1, num_outputs=2)
        g.add("QuickGelu", [n + "gate"], n + "silu", domain=MICROSOFT, alpha=1.0)
        g.add("Mul", [n + "silu", n + "up"], n + "gated")
        mlp = g.add("MatMul", [n + "gated", g.weight(p + "mlp.down_proj", w("mlp.down_proj"), half)], n + "mlp")
    gamma = g.constant("model.norm.weight", weights["model.norm.weight"])
    g.add("SkipSimplifiedLayerNormalization", [residual, mlp, gamma], "final", **skip_norm)
    if own_head:
        head = g.constant("lm_head.weight", embedding.T)
    else:
        head = g.add("Transpose", [table], "lm_head.weight", perm=[1, 0])
    g.add("MatMul", ["final", head], "logits")
    return assemble(g, config)


def assemble(g: Graph, config) -> onnx.ModelProto:
    def cache(prefix: str, time: str) -> list[onnx.ValueInfoProto]:
        shape = ["batch_size", 1, time, config.head_dim]
        names = [f"{prefix}.{i}.{x}" for i in range(config.num_hidden_layers) for x in ("key", "value")]
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in names]

    def ids(name: str, time: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch_size", time])

    total = "past_sequence_length + sequence_length"
    inputs = [ids("input_ids", "sequence_length"), ids("attention_mask", total), ids("position_ids", "sequence_length")]
    logits = ["batch_size", "sequence_length", config.vocab_size]
    graph = helper.make_graph(
        g.nodes,
        "llama",
        inputs + cache("past_key_values", "past_sequence_length"),
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, logits), *cache("present", total)],
        list(g.initializers.values()),
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="export.py")
