public import Tensors

/// The gradients of a model's parameters.
///
/// ```swift
/// let (loss, gradients) = valueAndGrad(of: model) { crossEntropy(model(x), y) }
/// gradients.norm()
/// gradients["hidden.weight"]
/// ```
public struct ModuleGradients: Sendable {
  /// One parameter's gradient.
  struct Entry: Sendable {
    let name: String
    let parameter: any AnyParameter
    /// A tensor of the parameter's element type, or `nil` if the function does not depend on the parameter.
    var gradient: (any AnyGradient)?
  }

  var entries: [Entry]

  /// The gradient of a parameter of a name; `nil` if there is no such parameter, or it had no part in the value.
  public subscript(_ name: String) -> Tensor<Float>? { self[name, as: Float.self] }

  /// The gradient of a parameter of a name and an element type.
  public subscript<Scalar: FloatingTensorScalar>(_ name: String, as type: Scalar.Type) -> Tensor<
    Scalar
  >? {
    entries.first { $0.name == name }?.gradient as? Tensor<Scalar>
  }

  /// The square root of the sum of all squares.
  public func norm() -> Double {
    entries.reduce(0) { $0 + ($1.gradient?.squaredNorm ?? 0) }.squareRoot()
  }

  /// Returns the gradients times a number.
  public func scaled(by factor: Double) -> ModuleGradients {
    var result = self
    for index in result.entries.indices {
      result.entries[index].gradient = entries[index].gradient?.multiplied(by: factor)
    }
    return result
  }

  /// Returns the gradients, made shorter together if their norm is above `limit`.
  ///
  /// - Precondition: `limit` is positive.
  public func clipped(norm limit: Double) -> ModuleGradients {
    require(limit > 0, "clipped: a norm of \(limit); it must be positive")
    let norm = norm()
    return norm > limit ? scaled(by: limit / (norm + 1e-6)) : self
  }

  /// Returns the gradients with every element moved into `-limit...limit`.
  public func clipped(value limit: Double) -> ModuleGradients {
    require(limit >= 0, "clipped: a value of \(limit); it must not be negative")
    var result = self
    for index in result.entries.indices {
      result.entries[index].gradient = entries[index].gradient?.clipped(to: limit)
    }
    return result
  }

  /// Returns the sums of the gradients of two calls, as for an accumulated batch.
  ///
  /// - Precondition: Both are of one model.
  public static func + (a: ModuleGradients, b: ModuleGradients) -> ModuleGradients {
    require(
      a.entries.map(\.name) == b.entries.map(\.name), "gradients of different models are added")
    var result = a
    for (index, entry) in b.entries.enumerated() {
      guard let other = entry.gradient else { continue }
      result.entries[index].gradient = result.entries[index].gradient?.added(other) ?? other
    }
    return result
  }
}

/// A gradient, whatever its element type.
package protocol AnyGradient: Sendable {
  var squaredNorm: Double { get }
  /// The elements, row by row.
  var elements: Tensor<Double> { get }
  func multiplied(by factor: Double) -> any AnyGradient
  func clipped(to limit: Double) -> any AnyGradient
  func added(_ other: any AnyGradient) -> any AnyGradient
}

extension Tensor: AnyGradient where Scalar: FloatingTensorScalar {
  package var squaredNorm: Double { Double(square(self).sum().item()) }

  package var elements: Tensor<Double> { Tensor<Double>(self).flattened() }

  package func multiplied(by factor: Double) -> any AnyGradient { self * Scalar(factor) }

  package func clipped(to limit: Double) -> any AnyGradient {
    clip(self, Scalar(-limit)...Scalar(limit))
  }

  package func added(_ other: any AnyGradient) -> any AnyGradient {
    guard let other = other as? Tensor else { fail("gradients of different types are added") }
    return self + other
  }
}

/// The parameters of a module that are trained, found once.
package struct TrainedParameters: Sendable {
  package let all: [(name: String, parameter: any AnyParameter)]

  package init(_ module: any Module) { all = module.contents.parameters }

  /// Calls a function, which gives a scalar, and returns its value and the parameters' gradients.
  func valueAndGradients<Scalar: FloatingTensorScalar>(
    _ function: () throws -> Tensor<Scalar>
  ) rethrows -> (value: Tensor<Scalar>, gradients: ModuleGradients) {
    let (value, pass) = try differentiatingParameters(function)
    let entries = all.map { name, parameter in
      ModuleGradients.Entry(
        name: name, parameter: parameter,
        gradient: parameter.received(from: pass))
    }
    return (value, ModuleGradients(entries: entries))
  }
}

/// Returns the value of a function of a model's parameters and its gradients.
///
/// ```swift
/// let (loss, gradients) = valueAndGrad(of: model) { crossEntropy(model(x), y) }
/// optimizer.update(gradients)
/// ```
///
/// - Parameters:
///   - model: The model, whose parameters the function uses.
///   - function: Gives a tensor with one element.
/// - Returns: The value, and the gradients of the parameters that are not frozen.
/// - Throws: What the function throws.
public func valueAndGrad<Scalar: FloatingTensorScalar>(
  of model: some Module, _ function: () throws -> Tensor<Scalar>
) rethrows -> (value: Tensor<Scalar>, gradients: ModuleGradients) {
  try TrainedParameters(model).valueAndGradients(function)
}
