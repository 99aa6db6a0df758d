import Gradients
import Tensors
import Testing

@Suite("gradients of convolution and pooling")
struct ConvolutionGradientTests {
  @Test(
    "agree with differences",
    arguments: [
      GradientCase("conv2d", [2, 3, 5, 4], [4, 3, 3, 2], [4]) { x in
        conv2d(x[0], x[1], bias: x[2], stride: [2, 1], padding: [1, 0])
      },
      GradientCase("conv2d in groups, dilated", [1, 4, 6, 6], [2, 2, 2, 2]) { x in
        conv2d(x[0], x[1], dilation: [2, 3], groups: 2)
      },
      GradientCase("conv2d of points", [2, 3, 2, 2], [2, 3, 1, 1]) { x in conv2d(x[0], x[1]) },
      GradientCase("conv1d", [2, 2, 7], [3, 2, 3]) { x in conv1d(x[0], x[1], stride: 2, padding: 1)
      },
      GradientCase("convTranspose2d", [1, 2, 3, 3], [2, 3, 3, 3], [3]) { x in
        convTranspose2d(x[0], x[1], bias: x[2], stride: 2, padding: 1, outputPadding: 1)
      },
      GradientCase("maxPool2d", [2, 2, 6, 5]) { x in
        maxPool2d(x[0], size: [3, 2], stride: 2, padding: [1, 0])
      },
      GradientCase("averagePool2d", [2, 1, 5, 5]) { x in
        square(averagePool2d(x[0], size: 3, stride: 2, padding: 1, countsPadding: false))
      },
      GradientCase("adaptiveAveragePool2d", [1, 2, 5, 7]) { x in
        square(adaptiveAveragePool2d(x[0], outputSize: [2, 3]))
      },
      GradientCase("maxPool1d", [2, 9]) { x in square(maxPool1d(x[0], size: 3)) },
      GradientCase("convolve", [7], [3]) { x in convolve(x[0], x[1]) },
      GradientCase("correlate", [7], [3]) { x in correlate(x[0], x[1], mode: .full) },
      GradientCase("resized", [3, 4, 2]) { x in square(x[0].resized(height: 5, width: 2)) },
      GradientCase("resize", [1, 3, 4]) { x in square(resize(x[0], to: [5, 2])) },
      GradientCase("polyEvaluate", [4], [3]) { x in polyEvaluate(x[0], x[1]) },
    ])
  func differences(_ each: GradientCase) { each.check() }
}
