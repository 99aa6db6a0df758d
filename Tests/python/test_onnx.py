"""Models that are exported as ONNX, run by onnxruntime: every layer, user-written models, and what is refused."""

import numpy as np
import onnxruntime
import pytest

import tensor_files

# Name: how the layer is made, and the shape of its input.
LAYERS = {
    "linear": ("Linear(6, 4)", [3, 6]),
    "linear_of_sequences": ("Linear(6, 4, bias: false, activation: .relu)", [2, 3, 6]),
    "conv2d": (
        "Conv2d(4, 6, kernelSize: [3, 2], stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2)",
        [3, 4, 7, 6]),
    "conv2d_without_bias": ("Conv2d(2, 3, kernelSize: 1, bias: false)", [2, 2, 5, 5]),
    "conv1d": ("Conv1d(4, 6, kernelSize: 3, stride: 2, padding: 1)", [2, 4, 9]),
    "conv_transpose2d": (
        "ConvTranspose2d(4, 6, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2)",
        [2, 4, 3, 4]),
    "max_pool2d": ("MaxPool2d([3, 2], stride: 2, padding: 1)", [2, 3, 6, 5]),
    "max_pool1d": ("MaxPool1d(3, stride: 2, dilation: 2)", [2, 3, 9]),
    "avg_pool2d": ("AvgPool2d(3, stride: 2, padding: 1)", [2, 3, 6, 5]),
    "avg_pool2d_inside": ("AvgPool2d(3, stride: 2, padding: 1, countsPadding: false)", [2, 3, 6, 5]),
    "avg_pool1d": ("AvgPool1d(2)", [2, 3, 8]),
    "adaptive_avg_pool2d": ("AdaptiveAvgPool2d([2, 3])", [2, 3, 4, 6]),
    "adaptive_max_pool2d": ("AdaptiveMaxPool2d(1)", [2, 3, 4, 6]),
    "global_avg_pool": ("GlobalAvgPool()", [2, 3, 4, 6]),
    "batch_norm": ("BatchNorm(3)", [4, 3, 2, 2]),
    "layer_norm": ("LayerNorm(6)", [2, 3, 6]),
    "layer_norm_plain": ("LayerNorm(6, affine: false)", [2, 3, 6]),
    "rms_norm": ("RMSNorm(6)", [2, 6]),
    "group_norm": ("GroupNorm(2, 4)", [3, 4, 2, 2]),
    "dropout": ("Dropout(0.5)", [3, 4]),
    "relu": ("ReLU()", [3, 4]),
    "leaky_relu": ("LeakyReLU()", [3, 4]),
    "elu": ("ELU()", [3, 4]),
    "gelu": ("GELU()", [3, 4]),
    "gelu_by_tanh": ("GELU(approximate: true)", [3, 4]),
    "silu": ("SiLU()", [3, 4]),
    "softplus": ("Softplus()", [3, 4]),
    "softmax": ("Softmax(axis: 1)", [2, 3, 4]),
    "tanh": ("Tanh()", [3, 4]),
    "sigmoid": ("Sigmoid()", [3, 4]),
    "flatten": ("Flatten()", [2, 3, 4]),
    "lstm": ("LSTM(3, 4)", [2, 5, 3]),
    "gru": ("GRU(3, 4)", [2, 5, 3]),
    "encoder": ("TransformerEncoderLayer(8, heads: 2, hidden: 16)", [2, 5, 8]),
    "network": (
        "Sequential { Conv2d(1, 4, kernelSize: 3, padding: 1); BatchNorm(4); ReLU(); MaxPool2d(2); Flatten(); "
        "Dropout(); Linear(64, 10) }", [2, 1, 8, 8]),
    "residual": ("Residual()", [3, 6]),
    "mathematics": ("Lambda(mathematics)", [3, 4]),
    "views": ("Lambda(views)", [4, 6]),
    "reductions": ("Lambda(reductions)", [3, 4, 5]),
}

# Those that mix the items of a batch.
FIXED = {"views", "reductions"}

CELL = """
import Martlet

struct Residual: Layer {
  let inner = Linear(6, 6, activation: .relu)
  let gate = Parameter<Float>(Tensor([0.5, -1, 2, 0.1, 0, 1]))
  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    var y = x + inner(x) * gate.value
    for _ in 0..<2 { y += sigmoid(inner(y)) }
    return concatenate([y, x], axis: 1)
  }
}

@Sendable func mathematics(_ x: Tensor<Float>) -> Tensor<Float> {
  let y = exp(-square(x)) + log1p(abs(x)) - sqrt(abs(x) + 1) / 2 + pow(abs(x) + 1, 1.5)
  let z = maximum(sin(x), cos(x)) * minimum(x, 0.3) + clip(x, -0.5...0.5) + erf(x) + expm1(x)
  return select((x .> 0) .& (y .< 2), y, z) + Tensor<Float>(x .!= 0) + floor(x) - reciprocal(x + 10)
}

@Sendable func views(_ x: Tensor<Float>) -> Tensor<Float> {
  let a = x.reshaped(to: [4, 3, 2]).permuted(2, 0, 1)  // [2, 4, 3]
  let b = a[0..., 1...2] * x[0, 0..<3]
  let c = x.flipped(axes: [1])[stride(from: 0, to: 4, by: 2), 0..<3].expandingDims(axis: 0)
  let d = x.transposed().contiguous()[1...2, 0..<3].broadcast(to: [2, 2, 3])
  return stack([b, b + c, d]) + x.take([3, 0, 3], axis: 1)[0]
}

@Sendable func reductions(_ x: Tensor<Float>) -> Tensor<Float> {
  let a = x.sum(axes: [0, 2], keepDims: true) + x.max(axis: 1, keepDims: true)
  let b = x.mean() + x.variance(axis: 2, correction: 1, keepDims: true) + logSumExp(x, axis: 1, keepDims: true)
  return a + b + Tensor<Float>(x.argmax(axis: 1)).expandingDims(axis: 1) + matmul(x, x.swappingAxes(1, 2))
    .sum(axis: 2, keepDims: true)
}

var exported: [String: any AnyTensor] = [:]

func export(_ name: String, _ model: some Layer, _ shape: [Int], anyBatch: Bool) throws {
  let x = Tensor<Float>.randomNormal(shape: shape, seed: 3)
  // Running averages that are not those of the start.
  model.train()
  for _ in 0..<3 { _ = model(x * 2 + 1) }
  try model.exportONNX(to: "FOLDER/\\(name).onnx", inputShape: shape)
  model.evaluate()
  exported["\\(name).x"] = x
  exported["\\(name).y"] = model(x)
  guard anyBatch else { return }
  try model.exportONNX(to: "FOLDER/\\(name).any.onnx", inputShape: shape, dynamicBatch: true)
  for count in [1, 7] {
    model.evaluate()
    let x = Tensor<Float>.randomNormal(shape: [count] + shape.dropFirst(), seed: 4)
    exported["\\(name).\\(count).x"] = x
    exported["\\(name).\\(count).y"] = model(x)
  }
}
"""


@pytest.fixture(scope="module")
def folder(shared_kernel, tmp_path_factory):
    """Exports everything; gives the folder."""
    folder = tmp_path_factory.mktemp("onnx")
    calls = [f'try export("{name}", {make}, {shape}, anyBatch: {str(name not in FIXED).lower()})'
             for name, (make, shape) in LAYERS.items()]
    shared_kernel.ok(CELL.replace("FOLDER", str(folder)))
    for part in range(0, len(calls), 12):
        shared_kernel.ok("\n".join(calls[part:part + 12]))
    shared_kernel.ok(f'try Safetensors.write(exported, to: "{folder}/values.safetensors")')
    return folder


def run(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["output"], {"input": x})[0]


@pytest.mark.parametrize("name", LAYERS)
def test_onnxruntime_computes_the_same(folder, name):
    values = tensor_files.read(folder / "values.safetensors")
    y = run(folder / f"{name}.onnx", values[f"{name}.x"])
    np.testing.assert_allclose(y, values[f"{name}.y"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in FIXED])
def test_a_dynamic_batch_takes_any_number_of_items(folder, name):
    values = tensor_files.read(folder / "values.safetensors")
    for count in (1, 7):
        y = run(folder / f"{name}.any.onnx", values[f"{name}.{count}.x"])
        np.testing.assert_allclose(y, values[f"{name}.{count}.y"], rtol=1e-4, atol=1e-5)


def test_the_batch_has_a_name(folder):
    session = onnxruntime.InferenceSession(str(folder / "network.any.onnx"), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == ["batch", 1, 8, 8]
    assert session.get_outputs()[0].shape == ["batch", 10]


def test_a_language_model_takes_tokens(shared_kernel, tmp_path):
    shared_kernel.ok(f"""
        import Martlet
        struct Language: Module {{
          let tokens = Embedding(11, 8)
          let places = Parameter<Float>(Tensor<Float>.randomNormal(shape: [5, 8], seed: 1))
          let block = TransformerEncoderLayer(8, heads: 2, hidden: 16)
          let head = Linear(8, 11)
          func callAsFunction(_ x: Tensor<Int32>) -> Tensor<Float> {{
            head(block(tokens(x) + places.value, mask: nil, isCausal: true))
          }}
        }}
        let language = Language()
        let words: Tensor<Int32> = [[1, 4, 2, 10, 0], [3, 3, 5, 7, 9]]
        try language.exportONNX(to: "{tmp_path}/language.onnx", example: words, dynamicBatch: true) {{ language($0) }}
        language.evaluate()
        try Safetensors.write(["y": language(words)], to: "{tmp_path}/y.safetensors")
        """)
    words = np.array([[1, 4, 2, 10, 0], [3, 3, 5, 7, 9]], np.int32)
    expected = tensor_files.read(tmp_path / "y.safetensors")["y"]
    np.testing.assert_allclose(run(tmp_path / "language.onnx", words), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(run(tmp_path / "language.onnx", words[1:]), expected[1:], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("body, message", [
    ("lgamma(x)", "there is no operator for lgamma"),
    ("x.cumsum(axis: 1)", "does not depend on its input by operations that are exported"),
    ("x + x.cumsum(axis: 1)", "changes with the input"),
    ("x * x.max().item()", "changes with the input"),
    ("Tensor<Float>.ones(shape: [2, 6])", "does not depend on its input"),
    ("adaptiveAveragePool2d(x, outputSize: [2, 4])", "adaptiveAveragePool2d of 2 by 6 to 2 by 4"),
    ("{ var y = x * 2; y[0, 1] = Tensor<Float>(3); return y }()", "was changed in place"),
])
def test_what_cannot_be_exported_is_named(shared_kernel, tmp_path, body, message):
    result = shared_kernel.run(
        f'import Martlet\ntry Lambda {{ x in {body} }}.exportONNX(to: "{tmp_path}/no.onnx", inputShape: [2, 6])')
    assert result.status == "error"
    assert message in result.trace
    assert not (tmp_path / "no.onnx").exists()


@pytest.mark.parametrize("body, message", [
    ("x - x.mean(axis: 0)", "changes with the number of items along the first axis"),
    ("x + x[-1]", "changes with the number of items"),
    ("concatenate([x, Tensor<Float>.ones(shape: [1, 6])])", "a tensor of shape [3, 6] changes with the number"),
])
def test_what_mixes_the_items_has_no_dynamic_batch(shared_kernel, tmp_path, body, message):
    result = shared_kernel.run(
        f'import Martlet\ntry Lambda {{ x in {body} }}'
        f'.exportONNX(to: "{tmp_path}/no.onnx", inputShape: [2, 6], dynamicBatch: true)')
    assert result.status == "error"
    assert message in result.trace
    assert not (tmp_path / "no.onnx").exists()
