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

  /// Writes the convolution of `x` with `weight` into `out`.
  package func forward(x: FloatView, weight: FloatView, out: FloatView) {
    guard batch > 0, places > 0, outChannels > 0 else { return }
    check(x: x, weight: weight, out: out)
    each(x.type) { block in
      let matrix = unsafe columns(of: x, block)
      let result = unsafe block.images == 1 ? out.address(block.output) : block.outMatrix.base
      unsafe product(
        x.type, false, false, outChannels, block.images * places, depth,
        weight.address(block.weight), matrix, result, adds: false)
      moveOutput(out, block, toMatrix: false)
    }
  }

  /// Adds to the zeros of `x` what the gradient `out` of the result means for the input.
  package func inputGradient(out: FloatView, weight: FloatView, x: FloatView) {
    guard batch > 0, places > 0, depth > 0 else { return }
    check(x: x, weight: weight, out: out)
    each(x.type) { block in
      let gradient = unsafe outputMatrix(of: out, block)
      let target = unsafe x.address(block.input)
      unsafe product(
        x.type, true, false, depth, block.images * places, outChannels,
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
    each(x.type) { block in
      let gradient = unsafe outputMatrix(of: out, block)
      let matrix = unsafe columns(of: x, block)
      unsafe product(
        x.type, false, true, outChannels, depth, block.images * places, gradient, matrix,
        weight.address(block.weight), adds: true)
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
    let columns: Storage
    let outMatrix: Storage
  }

  /// Calls `body` for blocks of images whose windows fit in a core's cache together, as one product of several small
  /// images is faster than many.
  private func each(_ type: ElementType, _ body: (Block) -> Void) {
    let bytes = Swift.max(depth * places * type.byteCount, 1)
    let length = isPointwise ? 1 : Swift.min(Swift.max((768 << 10) / bytes, 1), batch)
    let columns = Storage(byteCount: isPointwise ? 0 : length * bytes)
    let outMatrix = Storage(byteCount: length > 1 ? length * outputCount * type.byteCount : 0)
    for group in 0..<groups {
      for start in Swift.stride(from: 0, to: batch, by: length) {
        let first = start * groups + group
        body(
          Block(
            images: Swift.min(length, batch - start), input: first * inputCount,
            weight: group * outChannels * depth, output: first * outputCount, columns: columns,
            outMatrix: outMatrix))
      }
    }
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
    _ type: ElementType, _ turnsA: Bool, _ turnsB: Bool, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer,
    adds: Bool
  ) {
    let (aFlag, bFlag) = (turnsA ? CblasTrans : CblasNoTrans, turnsB ? CblasTrans : CblasNoTrans)
    let (lda, ldb) = (Int32(turnsA ? m : Swift.max(k, 1)), Int32(turnsB ? Swift.max(k, 1) : n))
    if type == .float32 {
      unsafe cblas_sgemm(
        CblasRowMajor, aFlag, bFlag, Int32(m), Int32(n), Int32(k), 1,
        UnsafePointer(a.assumingMemoryBound(to: Float.self)), lda,
        UnsafePointer(b.assumingMemoryBound(to: Float.self)), ldb, adds ? 1 : 0,
        out.assumingMemoryBound(to: Float.self), Int32(n))
    } else {
      unsafe cblas_dgemm(
        CblasRowMajor, aFlag, bFlag, Int32(m), Int32(n), Int32(k), 1,
        UnsafePointer(a.assumingMemoryBound(to: Double.self)), lda,
        UnsafePointer(b.assumingMemoryBound(to: Double.self)), ldb, adds ? 1 : 0,
        out.assumingMemoryBound(to: Double.self), Int32(n))
    }
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
