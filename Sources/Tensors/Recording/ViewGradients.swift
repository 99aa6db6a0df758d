internal import BLAS

// Views and assignments to them, recorded: a view's gradient is put into zeros, and what is put has a view as gradient.

/// The layout of a view for any layout of the whole; no two of its indices may mean the same element.
package typealias Selection = @Sendable (Layout) -> Layout

extension Tensor {
  /// A tensor whose bits are all clear: zeros, or false.
  package static func cleared(shape: [Int]) -> Tensor {
    let bytes = Layout.count(shape) * Scalar.dataType.byteCount
    return Tensor(storage: Storage(clearedByteCount: bytes), shape: shape)
  }

  /// The view that `selection` makes of this tensor, whose layout is `part`.
  package func viewing(_ part: Layout, _ selection: @autoclosure () -> Selection) -> Tensor {
    let view = Tensor(storage: storage, layout: part)
    guard node != nil else { return view }
    let (shape, selection) = (shape, selection())
    return view.recorded(from: self, { $0.embedded(in: shape, selection) })
  }

  /// Zeros of `shape` with these elements where a view selects them.
  private func embedded(in shape: [Int], _ selection: @escaping Selection) -> Tensor {
    let result = Tensor.cleared(shape: shape)
    let part = Tensor(storage: result.storage, layout: selection(result.layout))
    Kernels.copy(shape: part.shape, out: part.view, a: view)
    return result.recorded(from: self, { $0.viewing(selection($0.layout), selection) })
  }

  /// The positions `range` of an axis, as a view.
  package func part(_ range: Range<Int>, axis: Int) -> Tensor {
    viewing(layout.part(range, axis: axis), { $0.part(range, axis: axis) })
  }

  /// Writes `value`, which must broadcast, where a view selects elements.
  package mutating func assign(_ value: Tensor, _ selection: @autoclosure () -> Selection) {
    let selection = selection()
    let old = node == nil && value.node == nil ? nil : standIn
    makeWritable(for: value)
    let part = Tensor(storage: storage, layout: selection(layout))
    Kernels.copy(
      shape: part.shape, out: part.view, a: value.view(over: part.shape, operation: "assignment"))
    guard let old else { return }
    node = nil
    self = recorded(
      from: old, value,
      { gradient in
        var rest = gradient
        rest.assign(.cleared(shape: []), selection)
        return rest
      }, { $0.viewing(selection($0.layout), selection) })
  }

  /// This shape and node without the elements, so that recording keeps no memory from being written to.
  private var standIn: Tensor {
    Tensor(storage: Storage(byteCount: 0), layout: layout).attached(to: node)
  }

  /// The node after `value` is put over items `positions` of the leading axes; the last of equal positions stays.
  func nodeAfterPutting(_ value: Tensor, at positions: [Int], itemShape: [Int], count: Int)
    -> Node<Scalar>?
  {
    if node == nil && value.node == nil { return nil }
    let shape = shape
    return standIn.detached.recorded(
      from: standIn, value,
      { gradient in
        var rest = gradient.reshaped(to: [count] + itemShape)
        rest[rows: positions] = .cleared(shape: [])
        return rest.reshaped(to: shape)
      },
      { gradient in
        var last: [Int: Int] = [:]
        for (index, position) in positions.enumerated() { last[position] = index }
        let overwritten = positions.indices.filter { last[positions[$0]] != $0 }
        var items = gradient.reshaped(to: [count] + itemShape).take(positions)
        if !overwritten.isEmpty { items[rows: overwritten] = .cleared(shape: []) }
        return items
      }
    ).node
  }

  /// Zeros, `length` long on an axis, to whose items `positions` the items of this tensor are added.
  func addedUp(at positions: [Int], axis: Int, length: Int) -> Tensor {
    if Scalar.dataType.isHalf {
      return Tensor<Float>(self).addedUp(at: positions, axis: axis, length: length)
        .cast(to: Scalar.self)
    }
    let source = contiguous()
    var resultShape = shape
    resultShape[axis] = length
    let result = Tensor.cleared(shape: resultShape)
    Kernels.addUp(
      positions, Scalar.dataType.elementType, outer: Layout.count(Array(shape[..<axis])),
      count: length, inner: Layout.count(Array(shape[(axis + 1)...])), source: source.storage,
      offset: source.layout.offset, out: result.storage)
    return result.recorded(from: self, { $0.take(positions, axis: axis) })
  }
}

extension Layout {
  /// The layout of the positions `range` of an axis.
  package func part(_ range: Range<Int>, axis: Int) -> Layout {
    var shape = shape
    shape[axis] = range.count
    return with(shape: shape, offset: offset + range.lowerBound * strides[axis])
  }

  /// The layout of the part that indices select, one for each leading axis.
  func selecting(_ indices: [any TensorIndex]) -> Layout {
    var (newShape, newStrides, offset, axis) = ([Int](), [Int](), offset, 0)
    for index in indices {
      let selection = index.selection
      if case .newAxis = selection {
        newShape.append(1)
        newStrides.append(0)
        continue
      }
      require(
        axis < rank,
        "subscript: \(indices.count) indices for shape \(shape); there are \(rank) axes")
      let (start, step, count) = selection.resolved(axis: axis, shape: shape)
      offset += start * strides[axis]
      if let count {
        newShape.append(count)
        newStrides.append(strides[axis] * step)
      }
      axis += 1
    }
    newShape += shape[axis...]
    newStrides += strides[axis...]
    return Layout(shape: newShape, strides: newStrides, offset: offset)
  }
}
