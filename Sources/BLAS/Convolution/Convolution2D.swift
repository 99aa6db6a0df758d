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

  private var window: ck_window {
    ck_window(
      channels: inChannels, height: input.height, width: input.width, kernel_h: kernel.height,
      kernel_w: kernel.width, stride_h: stride.height, stride_w: stride.width,
      pad_h: padding.height, pad_w: padding.width, dilation_h: dilation.height,
      dilation_w: dilation.width, out_h: output.height, out_w: output.width)
  }

  /// Rows and columns of a group's matrix of windows.
  private var depth: Int { inChannels * kernel.height * kernel.width }
  private var places: Int { output.height * output.width }

  /// Whether the image is its own matrix of windows.
  private var isPointwise: Bool {
    kernel == (1, 1) && stride == (1, 1) && padding == (0, 0) && output == input
  }

  private var imageCount: Int { inChannels * input.height * input.width }

  /// Calls `body` for each image and group with the offsets of its parts of input, kernels and output.
  private func each(_ body: (_ image: Int, _ weight: Int, _ out: Int) -> Void) {
    for number in 0..<batch * groups {
      body(
        number * imageCount, (number % groups) * outChannels * depth,
        number * outChannels * places)
    }
  }

  private func check(_ a: FloatView, _ count: Int) {
    precondition(
      (a.offset + count) * a.type.byteCount <= a.storage.byteCount,
      "a convolution leaves its storage")
  }

  private func check(x: FloatView, weight: FloatView, out: FloatView) {
    check(x, batch * groups * imageCount)
    check(weight, groups * outChannels * depth)
    check(out, batch * groups * outChannels * places)
  }

  /// Writes the convolution of `x` with `weight` into `out`.
  package func forward(x: FloatView, weight: FloatView, out: FloatView) {
    check(x: x, weight: weight, out: out)
    guard places > 0, outChannels > 0 else { return }
    let columns = Storage(byteCount: isPointwise ? 0 : depth * places * x.type.byteCount)
    var window = window
    each { image, kernels, result in
      var matrix = unsafe x.address(image)
      if !isPointwise {
        unsafe ck_im2col(x.type.rawValue, &window, matrix, columns.base)
        unsafe matrix = columns.base
      }
      unsafe product(
        x.type, false, false, outChannels, places, depth, weight.address(kernels), matrix,
        out.address(result), adds: false)
    }
  }

  /// Adds to the zeros of `x` what the gradient `out` of the result means for the input.
  package func inputGradient(out: FloatView, weight: FloatView, x: FloatView) {
    check(x: x, weight: weight, out: out)
    guard places > 0, depth > 0 else { return }
    let columns = Storage(byteCount: isPointwise ? 0 : depth * places * x.type.byteCount)
    var window = window
    each { image, kernels, result in
      let target = unsafe x.address(image)
      unsafe product(
        x.type, true, false, depth, places, outChannels, weight.address(kernels),
        out.address(result), isPointwise ? target : columns.base, adds: false)
      if !isPointwise { unsafe ck_col2im(x.type.rawValue, &window, columns.base, target) }
    }
  }

  /// Adds to the zeros of `weight` what the gradient `out` of the result means for the kernels.
  package func weightGradient(x: FloatView, out: FloatView, weight: FloatView) {
    check(x: x, weight: weight, out: out)
    guard places > 0, depth > 0, outChannels > 0 else { return }
    let columns = Storage(byteCount: isPointwise ? 0 : depth * places * x.type.byteCount)
    var window = window
    each { image, kernels, result in
      var matrix = unsafe x.address(image)
      if !isPointwise {
        unsafe ck_im2col(x.type.rawValue, &window, matrix, columns.base)
        unsafe matrix = columns.base
      }
      unsafe product(
        x.type, false, true, outChannels, depth, places, out.address(result), matrix,
        weight.address(kernels), adds: true)
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
