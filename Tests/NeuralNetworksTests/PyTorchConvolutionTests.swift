import NeuralNetworks
import Tensors
import Testing

extension PyTorchTests {
  @Test("for convolutions")
  func convolutions() throws {
    let plain = Conv2d(2, 3, kernelSize: 3, padding: 1)
    try compare("conv2dplain", plain) { plain($0[0]) }
    let conv2d = Conv2d(
      4, 6, kernelSize: [3, 2], stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2)
    try compare("conv2d", conv2d) { conv2d($0[0]) }
    let conv1d = Conv1d(
      4, 6, kernelSize: 3, stride: 2, padding: 1, dilation: 2, groups: 2, bias: false)
    try compare("conv1d", conv1d) { conv1d($0[0]) }
    let transposed = ConvTranspose2d(
      4, 6, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1, dilation: 2, groups: 2)
    try compare("convtranspose2d", transposed) { transposed($0[0]) }
  }

  @Test("for pooling")
  func pooling() throws {
    let layers: [(String, any Layer)] = [
      ("maxpool2d", MaxPool2d([3, 2], stride: 2, padding: 1)),
      ("maxpool1d", MaxPool1d(3, stride: 2, dilation: 2)),
      ("avgpool2d", AvgPool2d(3, stride: 2, padding: 1, countsPadding: false)),
      ("avgpool1d", AvgPool1d(3, padding: 1)),
      ("adaptiveavgpool2d", AdaptiveAvgPool2d([2, 3])),
      ("adaptivemaxpool2d", AdaptiveMaxPool2d([2, 3])),
    ]
    for (name, layer) in layers { try compare(name, layer) { layer($0[0]) } }
  }
}

@Suite("Convolutional networks")
struct ConvolutionLayerTests {
  @Test("have PyTorch's shapes and starts")
  func starts() {
    let conv = Conv2d(4, 8, kernelSize: [3, 5], groups: 2)
    #expect(conv.weight.shape == [8, 2, 3, 5])
    let bound = 1 / Float(2 * 3 * 5).squareRoot()
    #expect(abs(conv.weight.value).max().item() <= bound)
    #expect(abs(conv.weight.value).max().item() > bound * 0.9)
    #expect(conv.bias.map { abs($0.value).max().item() <= bound } ?? false)
    #expect(ConvTranspose2d(4, 6, kernelSize: 3, groups: 2).weight.shape == [4, 3, 3, 3])
    #expect(Conv1d(4, 6, kernelSize: 3, bias: false).parameterNames == ["weight"])
  }

  @Test("average whole channels")
  func globalAverage() {
    let x = Tensor<Float>((0..<24).map(Float.init)).reshaped(to: [2, 3, 2, 2])
    #expect(GlobalAvgPool()(x).scalars == [1.5, 5.5, 9.5, 13.5, 17.5, 21.5])
    #expect(Flatten()(x).shape == [2, 12])
  }

  @Test("give the same in blocks of images as one by one", arguments: [1, 2, 7])
  func blocks(stride: Int) {
    // So many windows that several blocks are needed.
    let x = Tensor<Float>.randomNormal(shape: [9, 32, 20, 20], seed: 1)
    let conv = withParameterSeed(2) {
      Conv2d(32, 8, kernelSize: 5, stride: Size2D(height: stride, width: stride), padding: 2)
    }
    let whole = conv(x)
    for image in 0..<9 {
      let alone = conv(x[image..<(image + 1)])
      #expect(abs(whole[image] - alone[0]).max().item() < 1e-4)
    }
  }

  @Test("normalise and learn")
  func learns() {
    // Which half of an image is bright.
    var random = RandomGenerator(seed: 3)
    let noise: Tensor<Float> = random.normal(shape: [64, 1, 8, 8])
    var x = noise * 0.3
    x[0..<32, 0..., 0..., 0..<4] += Tensor(1)
    x[32..<64, 0..., 0..., 4..<8] += Tensor(1)
    let y = Tensor<Int32>((0..<64).map { $0 < 32 ? 0 : 1 })
    let model = withParameterSeed(5) {
      Sequential {
        Conv2d(1, 4, kernelSize: 3, padding: 1)
        BatchNorm(4)
        LeakyReLU()
        AvgPool2d(4)
        Flatten()
        Linear(16, 2)
      }
    }
    let optimizer = Adam(model, learningRate: 0.02)
    for _ in 0..<40 { optimizer.step { crossEntropy(model(x), y) } }
    model.evaluate()
    #expect((model(x).argmax(axis: 1) .== y).mean().item() == 1)
  }
}
