import Tensors

/// Convolutions, pooling and resizing.
func images() -> [Edge] {
  convolutions() + transposed() + pooling() + resizing()
}

private func size(_ length: Int) -> Size2D { Size2D(height: length, width: length) }

private func convolutions() -> [Edge] {
  var edges: [Edge] = []
  let (x, w) = (numbers([1, 2, 5, 5]), numbers([4, 2, 3, 3]))
  for shape in shapes {
    edges.append(
      Edge("conv2d", "of \(shape)") { differentiated(numbers(shape)) { conv2d($0, w, padding: 1) } }
    )
    edges.append(
      Edge("conv2d", "by \(shape)") { differentiated(numbers(shape)) { conv2d(x, $0) } })
    edges.append(
      Edge("conv2d", "plus \(shape)") {
        differentiated(numbers(shape)) { conv2d(x, w, bias: $0) }
      })
    edges.append(
      Edge("conv1d", "of \(shape)") {
        differentiated(numbers(shape)) { conv1d($0, numbers([4, 2, 3]), padding: 1) }
      })
    edges.append(
      Edge("conv1d", "by \(shape)") {
        differentiated(numbers(shape)) { conv1d(numbers([1, 2, 5]), $0) }
      })
  }
  for n in lengths {
    edges += [
      Edge("conv2d", "stride \(n)") { differentiated(x) { conv2d($0, w, stride: size(n)) } },
      Edge("conv2d", "padding \(n)") { conv2d(x, w, padding: size(n)) },
      Edge("conv2d", "dilation \(n)") { conv2d(x, w, dilation: size(n)) },
      Edge("conv2d", "groups \(n)") { differentiated(x) { conv2d($0, w, groups: n) } },
      Edge("conv1d", "stride \(n)") { conv1d(numbers([2, 5]), numbers([4, 2, 3]), stride: n) },
      Edge("conv1d", "padding \(n)") { conv1d(numbers([2, 5]), numbers([4, 2, 3]), padding: n) },
      Edge("conv1d", "dilation \(n)") {
        conv1d(numbers([2, 5]), numbers([4, 2, 3]), dilation: n)
      },
      Edge("conv1d", "groups \(n)") { conv1d(numbers([2, 5]), numbers([4, 2, 3]), groups: n) },
    ]
  }
  return edges
}

private func transposed() -> [Edge] {
  var edges: [Edge] = []
  let (x, w) = (numbers([1, 2, 5, 5]), numbers([2, 4, 3, 3]))
  for shape in shapes {
    edges += [
      Edge("convTranspose2d", "of \(shape)") {
        differentiated(numbers(shape)) { convTranspose2d($0, w) }
      },
      Edge("convTranspose2d", "by \(shape)") {
        differentiated(numbers(shape)) { convTranspose2d(x, $0) }
      },
      Edge("convTranspose2d", "plus \(shape)") {
        differentiated(numbers(shape)) { convTranspose2d(x, w, bias: $0) }
      },
    ]
  }
  for n in lengths {
    edges += [
      Edge("convTranspose2d", "stride \(n)") { convTranspose2d(x, w, stride: size(n)) },
      Edge("convTranspose2d", "padding \(n)") { convTranspose2d(x, w, padding: size(n)) },
      Edge("convTranspose2d", "output padding \(n)") {
        convTranspose2d(x, w, outputPadding: size(n))
      },
      Edge("convTranspose2d", "dilation \(n)") { convTranspose2d(x, w, dilation: size(n)) },
      Edge("convTranspose2d", "groups \(n)") { convTranspose2d(x, w, groups: n) },
    ]
  }
  return edges
}

private func pooling() -> [Edge] {
  var edges: [Edge] = []
  let x = numbers([1, 2, 5, 5])
  for shape in shapes {
    edges += [
      Edge("maxPool2d", "of \(shape)") {
        differentiated(numbers(shape)) { maxPool2d($0, size: 2) }
      },
      Edge("averagePool2d", "of \(shape)") {
        differentiated(numbers(shape)) { averagePool2d($0, size: 2) }
      },
      Edge("maxPool1d", "of \(shape)") {
        differentiated(numbers(shape)) { maxPool1d($0, size: 2) }
      },
      Edge("averagePool1d", "of \(shape)") {
        differentiated(numbers(shape)) { averagePool1d($0, size: 2) }
      },
      Edge("adaptiveAveragePool2d", "of \(shape)") {
        differentiated(numbers(shape)) { adaptiveAveragePool2d($0, outputSize: 3) }
      },
      Edge("adaptiveMaxPool2d", "of \(shape)") {
        differentiated(numbers(shape)) { adaptiveMaxPool2d($0, outputSize: 3) }
      },
    ]
  }
  for n in lengths {
    edges += [
      Edge("maxPool2d", "size \(n)") { differentiated(x) { maxPool2d($0, size: size(n)) } },
      Edge("maxPool2d", "stride \(n)") { maxPool2d(x, size: 2, stride: size(n)) },
      Edge("maxPool2d", "padding \(n)") { maxPool2d(x, size: 2, padding: size(n)) },
      Edge("maxPool2d", "dilation \(n)") { maxPool2d(x, size: 2, dilation: size(n)) },
      Edge("averagePool2d", "size \(n)") { averagePool2d(x, size: size(n)) },
      Edge("averagePool2d", "stride \(n)") { averagePool2d(x, size: 2, stride: size(n)) },
      Edge("averagePool2d", "padding \(n)") { averagePool2d(x, size: 2, padding: size(n)) },
      Edge("maxPool1d", "size \(n)") { maxPool1d(x, size: n) },
      Edge("maxPool1d", "stride \(n)") { maxPool1d(x, size: 2, stride: n) },
      Edge("averagePool1d", "padding \(n)") { averagePool1d(x, size: 2, padding: n) },
    ]
    edges += [
      Edge("adaptiveAveragePool2d", "to \(n)") { adaptiveAveragePool2d(x, outputSize: size(n)) },
      Edge("adaptiveMaxPool2d", "to \(n)") { adaptiveMaxPool2d(x, outputSize: size(n)) },
    ]
  }
  return edges
}

private func resizing() -> [Edge] {
  var edges: [Edge] = []
  for shape in fewShapes {
    edges.append(
      Edge("resize", "of \(shape)") { differentiated(numbers(shape)) { resize($0, to: 3) } })
    edges.append(
      Edge("resize", "of \(shape), nearest") {
        differentiated(numbers(shape)) { resize($0, to: 3, method: .nearest) }
      })
    edges.append(
      Edge("interpolate", "at \(shape)") {
        interpolate(numbers(shape), numbers([3]), numbers([3]))
      })
    edges.append(
      Edge("interpolate", "between \(shape)") {
        interpolate(numbers([3]), numbers(shape), numbers([5]))
      })
  }
  for n in lengths {
    edges.append(Edge("resize", "to \(n)") { resize(numbers([2, 3, 3]), to: size(n)) })
  }
  for n in lengths where n != 1 << 33 {
    edges.append(Edge("weights", "\(n)") { SignalWindow.hann.weights(n) })
  }
  return edges
}
