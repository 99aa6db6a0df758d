package import Gradients
public import Tensors

/// A model or a part of one.
///
/// A module is a plain structure or class. Its parameters are found by looking through its stored properties, and named
/// by their path as in PyTorch: `layers.0.weight`.
///
/// ```swift
/// struct Classifier: Layer {
///   let hidden = Linear(64, 128)
///   let output = Linear(128, 10)
///   func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { output(relu(hidden(x))) }
/// }
/// let model = Classifier()
/// print(model.summary())
/// ```
public protocol Module: Sendable {}

/// A module that makes one tensor of another.
///
/// Layers work on `Float`; the functions they are made of, such as `linear` and `layerNorm`, on `Double` as well.
public protocol Layer: Module {
  /// Returns the output for an input.
  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float>
}

/// A part of a layer whose parameters have the paths of the layer's own.
package protocol InlinedModule: Module {}

/// A parameter, whatever its element type.
package protocol AnyParameter: AnyObject, Sendable {
  var shape: [Int] { get }
  var isFrozen: Bool { get set }
  var scalarType: DataType { get }
  /// The gradient that a walk brought, a tensor of the parameter's element type.
  func received(from pass: ReversePass) -> (any AnyGradient)?
  /// Room for what an optimizer remembers.
  func makeSlots(_ count: Int) -> any AnySlots
  /// Changes the value by a gradient.
  func apply(
    _ rule: any UpdateRule, _ gradient: any AnyGradient, _ slots: any AnySlots,
    _ step: OptimizerStep)
}

/// A buffer, whatever its element type.
package protocol AnyBuffer: AnyObject, Sendable {
  var shape: [Int] { get }
}

extension Parameter: AnyParameter {
  package var scalarType: DataType { Scalar.dataType }

  package func received(from pass: ReversePass) -> (any AnyGradient)? {
    pass.gradient(ofParameter: node)
  }
}

extension Buffer: AnyBuffer {}

/// What a module has inside, in the order of its properties.
package struct ModuleContents {
  package var parameters: [(name: String, parameter: any AnyParameter)] = []
  package var buffers: [(name: String, buffer: any AnyBuffer)] = []
  package var modes: [TrainingMode] = []
  package var streams: [(name: String, stream: RandomStream)] = []
  /// The modules that have modules or parameters, by path.
  package var modules: [(name: String, module: any Module)] = []
  private var seen: Set<ObjectIdentifier> = []

  package init(_ module: any Module) { visit(module, "") }

  private mutating func visit(_ value: Any, _ path: String) {
    switch value {
    case let parameter as any AnyParameter:
      if seen.insert(ObjectIdentifier(parameter)).inserted { parameters.append((path, parameter)) }
    case let buffer as any AnyBuffer:
      if seen.insert(ObjectIdentifier(buffer)).inserted { buffers.append((path, buffer)) }
    case let mode as TrainingMode:
      if seen.insert(ObjectIdentifier(mode)).inserted { modes.append(mode) }
    case let stream as RandomStream:
      if seen.insert(ObjectIdentifier(stream)).inserted { streams.append((path, stream)) }
    default: visitChildren(of: value, path)
    }
  }

  private mutating func visitChildren(of value: Any, _ path: String) {
    var mirror: Mirror? = Mirror(reflecting: value)
    switch mirror?.displayStyle {
    case .struct, .class:
      guard let module = value as? any Module else { return }
      if mirror?.displayStyle == .class,
        !seen.insert(ObjectIdentifier(module as AnyObject)).inserted
      {
        return
      }
      modules.append((path, module))
      if let sequence = module as? Sequential {
        // Named by their places only, as in PyTorch.
        for (index, layer) in sequence.layers.enumerated() {
          visit(layer, joined(path, "\(index)"))
        }
        return
      }
      var levels: [Mirror] = []
      while let level = mirror {
        levels.insert(level, at: 0)
        mirror = level.superclassMirror
      }
      for child in levels.flatMap(\.children) {
        // Property wrappers store their value under a name with an underscore.
        let label = child.label ?? ""
        let name = label.hasPrefix("_") ? String(label.dropFirst()) : label
        visit(child.value, child.value is any InlinedModule ? path : joined(path, name))
      }
    case .collection, .tuple:
      let children = mirror.map { $0.children.map(\.value) } ?? []
      for (index, child) in children.enumerated() { visit(child, joined(path, "\(index)")) }
    case .dictionary:
      // Sorted, as dictionaries have no order.
      let entries =
        (mirror?.children.map { Mirror(reflecting: $0.value).children.map(\.value) }) ?? []
      for entry in entries.sorted(by: { "\($0[0])" < "\($1[0])" }) {
        visit(entry[1], joined(path, "\(entry[0])"))
      }
    case .optional:
      if let child = mirror?.children.first { visit(child.value, path) }
    default: return
    }
  }

  private func joined(_ path: String, _ label: String) -> String {
    path.isEmpty ? label : "\(path).\(label)"
  }
}

extension Module {
  package var contents: ModuleContents { ModuleContents(self) }

  /// The names of all parameters, in the order of the properties.
  public var parameterNames: [String] { contents.parameters.map(\.name) }

  /// The number of elements of all parameters.
  ///
  /// - Parameter trainable: Whether to leave out frozen parameters.
  /// - Returns: The sum of their counts.
  public func parameterCount(trainable: Bool = false) -> Int {
    contents.parameters.reduce(0) { total, entry in
      trainable && entry.parameter.isFrozen ? total : total + entry.parameter.shape.reduce(1, *)
    }
  }

  /// The parameter of a name, such as `hidden.weight`; `nil` if there is none of this element type.
  public func parameter<Scalar: FloatingTensorScalar>(
    _ name: String, as type: Scalar.Type = Float.self
  ) -> Parameter<Scalar>? {
    contents.parameters.first { $0.name == name }?.parameter as? Parameter<Scalar>
  }

  /// Keeps parameters from being trained.
  ///
  /// ```swift
  /// model.freeze("encoder")  // All whose names begin with encoder.
  /// ```
  ///
  /// - Precondition: Some parameter has the name or begins with it.
  public func freeze(_ prefix: String = "") { setFrozen(true, prefix, "freeze") }

  /// Lets parameters be trained again.
  ///
  /// - Precondition: Some parameter has the name or begins with it.
  public func unfreeze(_ prefix: String = "") { setFrozen(false, prefix, "unfreeze") }

  private func setFrozen(_ frozen: Bool, _ prefix: String, _ operation: String) {
    let all = contents.parameters
    let chosen = all.filter {
      prefix.isEmpty || $0.name == prefix || $0.name.hasPrefix(prefix + ".")
    }
    require(
      !chosen.isEmpty || prefix.isEmpty,
      "\(operation): no parameter \"\(prefix)\"; there are \(all.map(\.name).joined(separator: ", "))"
    )
    for entry in chosen { entry.parameter.isFrozen = frozen }
  }

  /// Puts every layer into training mode, or into evaluation mode.
  ///
  /// - Parameter training: Whether layers such as `Dropout` and `BatchNorm` behave as in training.
  public func train(_ training: Bool = true) {
    for mode in contents.modes { mode.isTraining = training }
  }

  /// Puts every layer into evaluation mode.
  public func evaluate() { train(false) }
}
