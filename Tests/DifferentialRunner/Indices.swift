import Tensors

extension Request {
  /// The indices: `i2` a position, `r1:4` a range, `s0:9:2` a stride, `n` a new axis, `a2,3:0,1,…` an array with its
  /// shape, `m` the next operand as a mask.
  var indices: [any TensorIndex] {
    var masks = operands.dropFirst(operation == "set" ? 2 : 1)
    return (text("index") ?? "").split(separator: ";").map { item -> any TensorIndex in
      let parts = item.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
      func number(_ place: Int) -> Int { Int(parts[place]) ?? 0 }
      switch item.first {
      case "i": return number(0)
      case "r": return number(0)..<number(1)
      case "f": return number(0)...
      case "s": return stride(from: number(0), to: number(1), by: number(2))
      case "n": return newAxis
      case "m": return masks.removeFirst().tensor(Bool.self)
      default:
        let values = parts[1].split(separator: ",").map { Int($0) ?? 0 }
        let shape = parts[0].split(separator: ",").map { Int($0) ?? 0 }
        return Tensor<Int>(values).reshaped(to: shape)
      }
    }
  }
}

extension Tensor {
  // A subscript takes its indices one by one.
  func indexed(by i: [any TensorIndex]) -> Tensor {
    switch i.count {
    case 1: self[i[0]]
    case 2: self[i[0], i[1]]
    case 3: self[i[0], i[1], i[2]]
    case 4: self[i[0], i[1], i[2], i[3]]
    default: self[i[0], i[1], i[2], i[3], i[4]]
    }
  }

  mutating func setIndexed(by i: [any TensorIndex], _ value: Tensor) {
    switch i.count {
    case 1: self[i[0]] = value
    case 2: self[i[0], i[1]] = value
    case 3: self[i[0], i[1], i[2]] = value
    case 4: self[i[0], i[1], i[2], i[3]] = value
    default: self[i[0], i[1], i[2], i[3], i[4]] = value
    }
  }
}
