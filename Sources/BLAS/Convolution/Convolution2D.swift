internal import CKernels
internal import COpenBLAS

/// The shapes of a convolution of `batch` images, each in `groups` groups of channels.
package struct Convolution2D: Sendable, Equatable {
  package let batch: Int
  package let groups: Int
  /// Channels of one group.
  package let inChannels: Int
  package let outChannels: Int
  package let input: (height: Int, width: Int)
  package let kernel: (height: Int, width: Int)
  package let stride: (height: Int, width: Int)
  package let padding: (height: Int, width: Int)
  package let dilation: (height: Int, width: Int)
  package let output: (height: Int, width: Int)

  /// Describes a convolution, whose shapes the caller has checked.
  package init(
    batch: Int, groups: Int, inChannels: Int, outChannels: Int, input: (height: Int, width: Int),
    kernel: (height: Int, width: Int), stride: (height: Int, width: Int),
    padding: (height: Int, width: Int), dilation: (height: Int, width: Int),
    output: (height: Int, width: Int)
  ) {
    precondition(
      batch >= 0 && groups >= 1 && kernel.height >= 1 && kernel.width >= 1 && stride.height >= 1
        && stride.width >= 1 && dilation.height >= 1 && dilation.width >= 1
        && output.height >= 0 && output.width >= 0, "a convolution with impossible shapes")
    (self.batch, self.groups, self.inChannels, self.outChannels) = (
      batch, groups, inChannels, outChannels
    )
    (self.input, self.kernel, self.stride) = (input, kernel, stride)
    (self.padding, self.dilation, self.output) = (padding, dilation, output)
  }

  package static func == (a: Convolution2D, b: Convolution2D) -> Bool {
    a.batch == b.batch && a.groups == b.groups && a.inChannels == b.inChannels
      && a.outChannels == b.outChannels && a.input == b.input && a.kernel == b.kernel
      && a.stride == b.stride && a.padding == b.padding && a.dilation == b.dilation
      && a.output == b.output
  }

  /// Rows of a group's matrix of windows, and its columns for one image.
  private var depth: Int { inChannels * kernel.height * kernel.width }
  private var places: Int { output.height * output.width }
  /// Elements of one group of one image.
  private var inputCount: Int { inChannels * input.height * input.width }
  private var outputCount: Int { outChannels * places }

  /// Whether an image is its own matrix of windows, large enough to be multiplied alone.
  private var isPointwise: Bool {
    kernel == (1, 1) && stride == (1, 1) && padding == (0, 0) && output == input && places >= 64
  }

  private func check(_ a: FloatView, _ count: Int) {
    precondition(
      (a.offset + count) * a.type.byteCount <= a.storage.byteCount,
      "a convolution leaves its storage")
  }

  private func check(x: FloatView, weight: FloatView, out: FloatView) {
    check(x, batch * groups * inputCount)
    check(weight, groups * outChannels * depth)
    check(out, batch * groups * outputCount)
    precondition(
      (output.height - 1) * stride.height + (kernel.height - 1) * dilation.height
        < input.height + 2 * padding.height
        && (output.width - 1) * stride.width + (kernel.width - 1) * dilation.width
          < input.width + 2 * padding.width,
      "a window leaves its padded image")
  }

  /// Writes the convolution of `x` with `weight` into `out`, plus a number for each channel if there is a bias.
  package func forward(x: FloatView, weight: FloatView, bias: [Double]?, out: FloatView) {
    guard batch > 0, places > 0, outChannels > 0 else { return }
    check(x: x, weight: weight, out: out)
    precondition(bias.map { $0.count == groups * outChannels } ?? true, "a bias for each channel")
    each(x.type) { block, _ in
      let matrix = unsafe columns(of: x, block)
      let result = unsafe block.images == 1 ? out.address(block.output) : block.outMatrix.base
      unsafe product(
        block, x.type, false, false, outChannels, block.images * places, depth,
        weight.address(block.weight), matrix, result, adds: false)
      moveOutput(out, block, toMatrix: false)
      if let bias { add(bias, to: out, block) }
    }
  }

  /// Adds to the zeros of `x` what the gradient `out` of the result means for the input.
  package func inputGradient(out: FloatView, weight: FloatView, x: FloatView) {
    guard batch > 0, places > 0, depth > 0 else { return }
    check(x: x, weight: weight, out: out)
    each(x.type) { block, _ in
      let gradient = unsafe outputMatrix(of: out, block)
      let target = unsafe x.address(block.input)
      unsafe product(
        block, x.type, true, false, depth, block.images * places, outChannels,
        weight.address(block.weight), gradient, isPointwise ? target : block.columns.base,
        adds: false)
      var window = window(block)
      if !isPointwise { unsafe ck_col2im(x.type.rawValue, &window, block.columns.base, target) }
    }
  }

  /// Adds to the zeros of `weight` what the gradient `out` of the result means for the kernels.
  package func weightGradient(x: FloatView, out: FloatView, weight: FloatView) {
    guard batch > 0, places > 0, depth > 0, outChannels > 0 else { return }
    check(x: x, weight: weight, out: out)
    let count = groups * outChannels * depth
    // A sum for each part, and those in the parts' order, whatever thread was first.
    let sums = Storage(clearedByteCount: Self.partCount * count * x.type.byteCount)
    each(x.type) { block, part in
      let gradient = unsafe outputMatrix(of: out, block)
      let matrix = unsafe columns(of: x, block)
      unsafe product(
        block, x.type, false, true, outChannels, depth, block.images * places, gradient, matrix,
        sums.base + (part * count + block.weight) * x.type.byteCount, adds: true)
    }
    for part in 0..<(batch < Self.partCount ? 1 : Self.partCount) {
      let from = unsafe sums.base + part * count * x.type.byteCount
      unsafe Self.add(count, x.type, from: from, to: weight.address(0))
    }
  }

  private static func add(
    _ count: Int, _ type: ElementType, from: UnsafeMutableRawPointer, to: UnsafeMutableRawPointer
  ) {
    if type == .float32 {
      unsafe cblas_saxpy(
        Int32(count), 1, UnsafePointer(from.assumingMemoryBound(to: Float.self)), 1,
        to.assumingMemoryBound(to: Float.self), 1)
    } else {
      unsafe cblas_daxpy(
        Int32(count), 1, UnsafePointer(from.assumingMemoryBound(to: Double.self)), 1,
        to.assumingMemoryBound(to: Double.self), 1)
    }
  }

  /// Adds a number to each channel of a block's output.
  private func add(_ bias: [Double], to out: FloatView, _ block: Block) {
    let (channels, first) = (groups * outChannels, block.output / places % (groups * outChannels))
    unsafe bias.withUnsafeBufferPointer { numbers in
      guard let numbers = numbers.baseAddress else { return }
      unsafe ck_add_to_runs(
        out.type.rawValue, block.images, channels * places, outChannels, places, numbers + first,
        out.address(block.output))
    }
  }

  // MARK: Blocks of images

  /// Some images of one group, with room for their matrices.
  private struct Block {
    var images: Int
    /// Where the block's parts of input, kernels and output begin.
    var input: Int
    var weight: Int
    var output: Int
    /// Whether products are shared out to several threads.
    let isShared: Bool
    let columns: Storage
    let outMatrix: Storage
  }

  /// How many parts the images are cut into; the same for any number of threads, so that sums are.
  private static let partCount = 4

  /// Calls `body` for blocks of images whose windows fit in a core's cache together, and with the number of the part that
  /// they belong to; parts run on several threads.
  ///
  /// One product of several small images is faster than many.
  private func each(_ type: ElementType, _ body: (Block, Int) -> Void) {
    let bytes = Swift.max(depth * places * type.byteCount, 1)
    // Few images are large ones, or little work: their products and windows are shared out instead.
    let parts = batch < Self.partCount ? 1 : Self.partCount
    let images = (batch + parts - 1) / parts
    // Images of some size are multiplied alone: their results lie where they belong.
    let isAlone = isPointwise || places >= 512
    let length = isAlone ? 1 : Swift.min(Swift.max((768 << 10) / bytes, 1), images)
    func run(_ part: Int) {
      let (first, last) = (part * images, Swift.min((part + 1) * images, batch))
      guard first < last else { return }
      let columns = Storage(byteCount: isPointwise ? 0 : length * bytes)
      let outMatrix = Storage(byteCount: length > 1 ? length * outputCount * type.byteCount : 0)
      for group in 0..<groups {
        for start in Swift.stride(from: first, to: last, by: length) {
          let image = start * groups + group
          let block = Block(
            images: Swift.min(length, last - start), input: image * inputCount,
            weight: group * outChannels * depth, output: image * outputCount,
            isShared: parts == 1, columns: columns, outMatrix: outMatrix)
          body(block, part)
        }
      }
    }
    if parts == 1 { run(0) } else { OneThread.scope { Parallel.each(parts, run) } }
  }

  private func window(_ block: Block) -> ck_window {
    ck_window(
      images: block.images, image_stride: groups * inputCount, channels: inChannels,
      height: input.height, width: input.width, kernel_h: kernel.height,
      kernel_w: kernel.width, stride_h: stride.height, stride_w: stride.width,
      pad_h: padding.height, pad_w: padding.width, dilation_h: dilation.height,
      dilation_w: dilation.width, out_h: output.height, out_w: output.width)
  }

  /// The windows of a block's images as columns.
  private func columns(of x: FloatView, _ block: Block) -> UnsafeMutableRawPointer {
    if isPointwise { return unsafe x.address(block.input) }
    var window = window(block)
    unsafe ck_im2col(x.type.rawValue, &window, x.address(block.input), block.columns.base)
    return unsafe block.columns.base
  }

  /// A block's output as a matrix of a row for each channel.
  private func outputMatrix(of out: FloatView, _ block: Block) -> UnsafeMutableRawPointer {
    if block.images == 1 { return unsafe out.address(block.output) }
    moveOutput(out, block, toMatrix: true)
    return unsafe block.outMatrix.base
  }

  /// Copies a block's output to or from its matrix, which has the images of a channel side by side.
  private func moveOutput(_ out: FloatView, _ block: Block, toMatrix: Bool) {
    guard block.images > 1 else { return }
    let run = places * out.type.byteCount
    let (image, line) = (groups * outChannels * run, block.images * run)
    let (images, matrix) = unsafe (out.address(block.output), block.outMatrix.base)
    if toMatrix {
      unsafe ck_copy_runs(run, outChannels, block.images, images, run, image, matrix, line, run)
    } else {
      unsafe ck_copy_runs(run, outChannels, block.images, matrix, line, run, images, run, image)
    }
  }

  /// out = a b, or out += a b, of row-major matrices that may be stored transposed.
  private func product(
    _ block: Block, _ type: ElementType, _ turnsA: Bool, _ turnsB: Bool, _ m: Int, _ n: Int,
    _ k: Int, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
    _ out: UnsafeMutableRawPointer, adds: Bool
  ) {
    let product = unsafe Gemm(
      type, m: m, n: n, k: k, a: a, turnsA: turnsA, lda: turnsA ? m : Swift.max(k, 1), b: b,
      turnsB: turnsB, ldb: turnsB ? Swift.max(k, 1) : n, out: out, adds: adds)
    if block.isShared { product.run() } else { product.call() }
  }
}

/// The contiguous elements of a tensor of `float32` or `float64`.
@safe package struct FloatView {
  let storage: Storage
  let offset: Int
  let type: ElementType

  /// Views `storage` from element `offset`.
  package init(_ storage: Storage, offset: Int, type: ElementType) {
    precondition(type == .float32 || type == .float64, "no convolution or pooling of \(type)")
    precondition(offset >= 0, "a view from element \(offset)")
    self.storage = storage
    self.offset = offset
    self.type = type
  }

  func address(_ element: Int) -> UnsafeMutableRawPointer {
    unsafe storage.base + (offset + element) * type.byteCount
  }
}
