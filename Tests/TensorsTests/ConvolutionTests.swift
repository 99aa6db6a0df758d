import Tensors
import Testing

/// The definition of a convolution, as a loop.
private func direct(
  _ x: Tensor<Double>, _ w: Tensor<Double>, stride: (Int, Int), padding: (Int, Int),
  dilation: (Int, Int), groups: Int
) -> Tensor<Double> {
  let (n, h, wide) = (x.shape[0], x.shape[2], x.shape[3])
  let (out, depth, kh, kw) = (w.shape[0], w.shape[1], w.shape[2], w.shape[3])
  let oh = (h + 2 * padding.0 - dilation.0 * (kh - 1) - 1) / stride.0 + 1
  let ow = (wide + 2 * padding.1 - dilation.1 * (kw - 1) - 1) / stride.1 + 1
  let (xs, ws, channels) = (x.scalars, w.scalars, x.shape[1])
  var result: [Double] = []
  for b in 0..<n {
    for o in 0..<out {
      let first = o / (out / groups) * depth
      for i in 0..<oh {
        for j in 0..<ow {
          var sum = 0.0
          for c in 0..<depth {
            for ky in 0..<kh {
              for kx in 0..<kw {
                let (y, z) = (
                  i * stride.0 + ky * dilation.0 - padding.0,
                  j * stride.1 + kx * dilation.1 - padding.1
                )
                guard y >= 0, y < h, z >= 0, z < wide else { continue }
                sum +=
                  xs[((b * channels + first + c) * h + y) * wide + z]
                  * ws[((o * depth + c) * kh + ky) * kw + kx]
              }
            }
          }
          result.append(sum)
        }
      }
    }
  }
  return Tensor(result).reshaped(to: [n, out, oh, ow])
}

/// An image of one channel, row by row.
private func plane(_ rows: Int, _ values: [Float]) -> Tensor<Float> {
  Tensor(values).reshaped(to: [1, 1, rows, -1])
}

@Suite("convolution and pooling")
struct ConvolutionTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let x: [Int]
    let w: [Int]
    var stride = (1, 1)
    var padding = (0, 0)
    var dilation = (1, 1)
    var groups = 1
    var testDescription: String { "\(x) \(w) \(stride) \(padding) \(dilation) \(groups)" }
  }

  @Test(
    "is the sum it stands for",
    arguments: [
      Setting(x: [1, 1, 4, 4], w: [1, 1, 3, 3]), Setting(x: [2, 3, 7, 5], w: [4, 3, 3, 2]),
      Setting(x: [2, 3, 7, 5], w: [4, 3, 3, 2], stride: (2, 3), padding: (1, 2)),
      Setting(x: [1, 4, 9, 9], w: [6, 2, 3, 3], padding: (2, 2), dilation: (2, 2), groups: 2),
      Setting(x: [2, 4, 5, 5], w: [4, 1, 3, 3], padding: (1, 1), groups: 4),
      Setting(x: [2, 3, 4, 4], w: [5, 3, 1, 1]), Setting(x: [1, 1, 1, 1], w: [2, 1, 1, 1]),
      Setting(x: [1, 2, 3, 3], w: [2, 2, 5, 5], padding: (4, 4)),
      Setting(x: [0, 2, 3, 3], w: [2, 2, 2, 2]),
      Setting(x: [1, 1, 3, 8], w: [1, 1, 2, 2], stride: (1, 5), padding: (0, 3)),
    ])
  func definition(setting: Setting) {
    let x: Tensor<Double> = .randomNormal(shape: setting.x, seed: 1)
    let w: Tensor<Double> = .randomNormal(shape: setting.w, seed: 2)
    let options = (
      stride: Size2D(height: setting.stride.0, width: setting.stride.1),
      padding: Size2D(height: setting.padding.0, width: setting.padding.1),
      dilation: Size2D(height: setting.dilation.0, width: setting.dilation.1)
    )
    let y = conv2d(
      x, w, stride: options.stride, padding: options.padding, dilation: options.dilation,
      groups: setting.groups)
    expectClose(
      y,
      direct(
        x, w, stride: setting.stride, padding: setting.padding, dilation: setting.dilation,
        groups: setting.groups), relative: 1e-12, absolute: 1e-12)
    expectClose(
      conv2d(
        x.cast(to: Float.self), w.cast(to: Float.self), stride: options.stride,
        padding: options.padding, dilation: options.dilation, groups: setting.groups),
      y.cast(to: Float.self), relative: 1e-4, absolute: 1e-4)
    // Through views that are not contiguous.
    expectClose(
      conv2d(
        x.swappingAxes(2, 3).contiguous().swappingAxes(2, 3), w, stride: options.stride,
        padding: options.padding, dilation: options.dilation, groups: setting.groups), y,
      relative: 1e-12, absolute: 1e-12)
  }

  @Test("goes back to the operand's shape when transposed")
  func transposed() {
    let x: Tensor<Double> = .randomNormal(shape: [2, 3, 7, 8], seed: 1)
    let w: Tensor<Double> = .randomNormal(shape: [4, 3, 3, 3], seed: 2)
    let g: Tensor<Double> = .randomNormal(shape: [2, 4, 4, 4], seed: 3)
    let y = conv2d(x, w, stride: 2, padding: 1)
    let back = convTranspose2d(g, w, stride: 2, padding: 1, outputPadding: [0, 1])
    #expect(back.shape == x.shape)
    // The transposed map: <conv(x), g> = <x, back(g)>.
    expectClose((y * g).sum(), (x * back).sum(), relative: 1e-12)
    let spread = convTranspose2d(
      plane(1, [1, 2]), plane(1, [1, 10]), stride: 2)
    #expect(spread == plane(1, [1, 10, 2, 20]))
  }

  @Test("pools windows as they lie")
  func pooling() {
    let x = Tensor<Float>.arange(25).reshaped(to: [1, 1, 5, 5])
    #expect(maxPool2d(x, size: 2) == plane(2, [6, 8, 16, 18]))
    #expect(
      maxPool2d(-x, size: 3, stride: 2, padding: 1)
        == plane(3, [0, -1, -3, -5, -6, -8, -15, -16, -18]))
    #expect(maxPool2d(x, size: 2, stride: 1, dilation: 4) == plane(1, [24]))
    #expect(averagePool2d(x, size: 2) == plane(2, [3, 5, 13, 15]))
    expectClose(
      averagePool2d(x, size: 3, stride: 3, padding: 1),
      plane(2, [12 / 9, 33 / 9, 93 / 9, 162 / 9]), relative: 1e-6)
    expectClose(
      averagePool2d(x, size: 3, stride: 3, padding: 1, countsPadding: false),
      plane(2, [3, 5.5, 15.5, 18]), relative: 1e-6)
    expectClose(
      adaptiveAveragePool2d(x, outputSize: 2), plane(2, [6, 8, 16, 18]), relative: 1e-6)
    #expect(Swift.abs(adaptiveAveragePool2d(x, outputSize: 1).item() - 12) < 1e-5)
    #expect(adaptiveMaxPool2d(x, outputSize: [1, 2]) == plane(1, [22, 24]))
    #expect(maxPool1d(Tensor<Float>([1, 5, 2, 4, 9]), size: 2).scalars == [5, 4])
    #expect(averagePool1d(Tensor<Float>([1, 5, 2, 4, 9]), size: 2, stride: 3).scalars == [3, 6.5])
    #expect(maxPool1d(Tensor<Float>([1, .nan, 2, 4]), size: 2)[0].item().isNaN)
    #expect(maxPool2d(Tensor<Float>.zeros(shape: [0, 4, 4]), size: 2).shape == [0, 2, 2])
    let odd: Tensor<Double> = .randomNormal(shape: [3, 40, 41], seed: 4)
    let slow = stack([
      odd[0..., 0..<40, 0..<40].reshaped(to: [3, 20, 2, 20, 2]).max(axes: [2, 4])
    ])[0]
    #expect(maxPool2d(odd, size: 2) == slow)
  }

  @Test("explains shapes that do not fit")
  func mistakes() async {
    await #expect(processExitsWith: .failure) {
      _ = conv2d(Tensor<Float>.zeros(shape: [1, 3, 4, 4]), .zeros(shape: [2, 2, 3, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = conv2d(Tensor<Float>.zeros(shape: [1, 3, 2, 2]), .zeros(shape: [2, 3, 3, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = maxPool2d(Tensor<Float>.zeros(shape: [4, 4]), size: 2, padding: 2)
    }
  }
}
