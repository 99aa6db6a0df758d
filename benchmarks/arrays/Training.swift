import Gradients
import NeuralNetworks
import Tensors

/// The handwritten digits, of which every fifth is held out.
struct Digits {
  let images: Tensor<Float>
  let labels: Tensor<Int32>
  let heldOutImages: Tensor<Float>
  let heldOutLabels: Tensor<Int32>

  init(csv path: String) throws {
    let table = try Tensor<Float>(csv: path)
    let (x, y) = (table[0..., 0..<64] / 16, Tensor<Int32>(table[0..., 64]))
    let heldOut = Array(stride(from: 0, to: x.shape[0], by: 5))
    let trained = (0..<x.shape[0]).filter { $0 % 5 != 0 }
    (images, labels) = (x.take(trained), y.take(trained))
    (heldOutImages, heldOutLabels) = (x.take(heldOut), y.take(heldOut))
  }
}

struct MLP: Layer {
  let first = Linear(64, 128, activation: .relu)
  let second = Linear(128, 64, activation: .relu)
  let output = Linear(64, 10)

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { output(second(first(x))) }
}

struct CNN: Layer {
  let weight1 = Parameter<Float>(Tensor.randomNormal(shape: [16, 1, 3, 3], seed: 1) * 0.3)
  let bias1 = Parameter<Float>(Tensor.zeros(shape: [16]))
  let weight2 = Parameter<Float>(Tensor.randomNormal(shape: [32, 16, 3, 3], seed: 2) * 0.1)
  let bias2 = Parameter<Float>(Tensor.zeros(shape: [32]))
  let output = Linear(128, 10)

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let images = x.reshaped(to: [x.shape[0], 1, 8, 8])
    let a = maxPool2d(
      relu(conv2d(images, weight1.value, bias: bias1.value, padding: 1)), size: 2)
    let b = maxPool2d(relu(conv2d(a, weight2.value, bias: bias2.value, padding: 1)), size: 2)
    return output(b.reshaped(to: [x.shape[0], 128]))
  }
}

/// A small transformer that reads characters: 2 blocks, 4 heads, 64 wide.
struct LanguageModel: Module {
  let embedding = Embedding(65, 64)
  let position = Parameter<Float>(Tensor.randomNormal(shape: [64, 64], seed: 3) * 0.02)
  let blocks = [
    TransformerEncoderLayer(64, heads: 4, dropout: 0),
    TransformerEncoderLayer(64, heads: 4, dropout: 0),
  ]
  let norm = LayerNorm(64)
  let head = Linear(64, 65)

  func callAsFunction(_ text: Tensor<Int32>) -> Tensor<Float> {
    var x = embedding(text) + position.value
    for block in blocks { x = block(x, mask: nil, isCausal: true) }
    return head(norm(x))
  }
}

func training(_ bench: Bench, digits path: String) throws {
  let names = ["mlp_digits_epoch", "cnn_digits_epoch", "logreg_1000it", "kmeans_lloyd_100it"]
  try bench.group(names) {
    let digits = try Digits(csv: path)
    classify(bench, "mlp_digits_epoch", { MLP() }, digits)
    classify(bench, "cnn_digits_epoch", { CNN() }, digits)
    let x = concatenate([digits.images, digits.heldOutImages])
    let y = concatenate([digits.labels, digits.heldOutLabels])
    bench.time("logreg_1000it") { logisticRegression(x, y) }
    bench.time("kmeans_lloyd_100it") { kMeans(x) }
  }
  bench.group(["transformer_step"]) {
    let model = LanguageModel()
    let adam = Adam(model, learningRate: 1e-3)
    var random = RandomGenerator(seed: 6)
    let text: Tensor<Int32> = random.integers(shape: [16, 64], in: 0..<65)
    let next: Tensor<Int32> = random.integers(shape: [16, 64], in: 0..<65)
    bench.time("transformer_step") { adam.step { crossEntropy(model(text), next) } }
  }
  bench.group(["mlp_infer_b1"]) {
    let (model, x) = (MLP(), normal(1, 64))
    bench.time("mlp_infer_b1") { model(x) }
  }
}

/// Trains for 20 epochs, then measures one; tells of the accuracy.
private func classify<Model: Layer>(
  _ bench: Bench, _ name: String, _ make: () -> Model, _ digits: Digits
) {
  bench.group([name]) {
    let model = withParameterSeed(1) { make() }
    let adam = Adam(model, learningRate: 1e-3)
    var random = RandomGenerator(seed: 7)
    let count = digits.images.shape[0]
    func epoch() {
      let order = random.permutation(count)
      for start in stride(from: 0, through: count - 64, by: 64) {
        let rows = Array(order[start..<start + 64])
        let (x, y) = (digits.images.take(rows), digits.labels.take(rows))
        adam.step { crossEntropy(model(x), y) }
      }
    }
    for _ in 0..<20 { epoch() }
    let guess = model(digits.heldOutImages).argmax(axis: 1)
    let accuracy = (guess .== digits.heldOutLabels).mean().item()
    bench.time(name, accuracy: accuracy) { epoch() }
  }
}

private func logisticRegression(_ x: Tensor<Float>, _ y: Tensor<Int32>) -> Tensor<Float> {
  let target = Tensor<Float>.oneHot(y, classes: 10)
  let scale = 0.5 / Float(x.shape[0])
  var (w, b) = (Tensor<Float>.zeros(shape: [64, 10]), Tensor<Float>.zeros(shape: [10]))
  for _ in 0..<1000 {
    let slope = softmax(matmul(x, w) + b) - target
    w -= matmul(x.transposed(), slope) * scale
    b -= slope.sum(axis: 0) * scale
  }
  return w
}

private func kMeans(_ x: Tensor<Float>) -> Tensor<Float> {
  var centers = x[0..<10].contiguous()
  for _ in 0..<100 {
    let distances = square(centers).sum(axis: 1) - matmul(x, centers.transposed()) * 2
    let members = Tensor<Float>.oneHot(distances.argmin(axis: 1), classes: 10)
    centers =
      matmul(members.transposed(), x) / maximum(members.sum(axis: 0), 1).expandingDims(axis: 1)
  }
  return centers
}

func gradients(_ bench: Bench) {
  bench.group(["autograd_1000adds"]) {
    let (a, b) = (normal(10), normal(10))
    bench.time("autograd_1000adds") {
      grad { (a: Tensor<Float>, b: Tensor<Float>) in
        var x = a
        for _ in 0..<1000 { x = x + b }
        return x.sum()
      }(a, b)
    }
  }
  bench.group(["conv2d_bwd", "maxpool_bwd"]) {
    let (x, w, g) = (normal(32, 3, 32, 32), normal(16, 3, 3, 3), normal(32, 16, 32, 32))
    bench.time("conv2d_bwd") {
      vjp { (x: Tensor<Float>, w: Tensor<Float>) in conv2d(x, w, padding: 1) }(x, w).pullback(g)
    }
    let (y, h) = (normal(32, 16, 32, 32), normal(32, 16, 16, 16))
    bench.time("maxpool_bwd") { vjp { maxPool2d($0, size: 2) }(y).pullback(h) }
  }
}
