public import Tensors

/// The parameters of a recurrent layer, shaped and started as PyTorch's; in paths they stand as the layer's own.
public struct RecurrentParameters: InlinedModule {
  /// Shape `[gates * hidden, inputs]`.
  public let weightInput: Parameter<Float>
  /// Shape `[gates * hidden, hidden]`.
  public let weightHidden: Parameter<Float>
  /// Shape `[gates * hidden]`.
  public let biasInput: Parameter<Float>
  /// Shape `[gates * hidden]`.
  public let biasHidden: Parameter<Float>

  init(_ layer: String, _ inputs: Int, _ hidden: Int, gates: Int) {
    require(
      inputs > 0 && hidden > 0,
      "\(layer): \(inputs) inputs and \(hidden) outputs; give positive numbers")
    let start = Initializer.uniformFan(hidden)
    weightInput = Parameter(start(shape: [gates * hidden, inputs]))
    weightHidden = Parameter(start(shape: [gates * hidden, hidden]))
    biasInput = Parameter(start(shape: [gates * hidden]))
    biasHidden = Parameter(start(shape: [gates * hidden]))
  }
}

/// The state of an `LSTM` after some steps.
public struct LSTMState: Sendable {
  /// What the layer gave last, shape `[n, hidden]`.
  public var hidden: Tensor<Float>
  /// What it remembers, shape `[n, hidden]`.
  public var cell: Tensor<Float>

  /// Creates a state.
  public init(hidden: Tensor<Float>, cell: Tensor<Float>) {
    (self.hidden, self.cell) = (hidden, cell)
  }
}

/// Long short-term memory over a sequence.
///
/// ```swift
/// let (outputs, state) = LSTM(8, 16)(x)  // [n, length, 8] to [n, length, 16] and the last state.
/// ```
///
/// Its parameters are shaped and started as PyTorch's, with the gates in the order input, forget, cell, output.
///
/// - SeeAlso: Hochreiter and Schmidhuber, Long short-term memory, 1997.
public struct LSTM: Layer {
  /// Weights and biases of four gates.
  public let parameters: RecurrentParameters
  private let hidden: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - inputs: Length of the input's last axis.
  ///   - hidden: Length of the output's last axis.
  /// - Precondition: Both are positive.
  public init(_ inputs: Int, _ hidden: Int) {
    parameters = RecurrentParameters("LSTM", inputs, hidden, gates: 4)
    self.hidden = hidden
  }

  /// Returns the outputs of all steps, shape `[n, length, hidden]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, from: nil).outputs }

  /// Returns the outputs of all steps and the last state.
  ///
  /// - Parameters:
  ///   - x: Shape `[n, length, inputs]`.
  ///   - state: Where to go on; zeros by default.
  /// - Returns: Outputs of shape `[n, length, hidden]`, and the state.
  public func callAsFunction(_ x: Tensor<Float>, from state: LSTMState?) -> (
    outputs: Tensor<Float>, state: LSTMState
  ) {
    checkSequence(x, "LSTM")
    let zeros = Tensor<Float>.zeros(shape: [x.shape[0], hidden])
    var state = state ?? LSTMState(hidden: zeros, cell: zeros)
    // What comes from the inputs is one product for all steps.
    let fromInputs = linear(x, parameters.weightInput.value, bias: parameters.biasInput.value)
    let (weight, bias) = (parameters.weightHidden.value, parameters.biasHidden.value)
    var outputs: [Tensor<Float>] = []
    for step in 0..<x.shape[1] {
      let gates = fromInputs[0..., step] + linear(state.hidden, weight, bias: bias)
      let (input, forget) = (sigmoid(gate(gates, 0)), sigmoid(gate(gates, 1)))
      state.cell = forget * state.cell + input * tanh(gate(gates, 2))
      state.hidden = sigmoid(gate(gates, 3)) * tanh(state.cell)
      outputs.append(state.hidden)
    }
    return (stack(outputs, axis: 1), state)
  }

  private func gate(_ gates: Tensor<Float>, _ number: Int) -> Tensor<Float> {
    gates[0..., (number * hidden)..<((number + 1) * hidden)]
  }
}

/// Gated recurrent units over a sequence.
///
/// Its parameters are shaped and started as PyTorch's, with the gates in the order reset, update, new.
///
/// - SeeAlso: K. Cho et al., Learning phrase representations using RNN encoder-decoder, 2014.
public struct GRU: Layer {
  /// Weights and biases of three gates.
  public let parameters: RecurrentParameters
  private let hidden: Int

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - inputs: Length of the input's last axis.
  ///   - hidden: Length of the output's last axis.
  /// - Precondition: Both are positive.
  public init(_ inputs: Int, _ hidden: Int) {
    parameters = RecurrentParameters("GRU", inputs, hidden, gates: 3)
    self.hidden = hidden
  }

  /// Returns the outputs of all steps, shape `[n, length, hidden]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, from: nil).outputs }

  /// Returns the outputs of all steps and the last one.
  ///
  /// - Parameters:
  ///   - x: Shape `[n, length, inputs]`.
  ///   - state: Where to go on, shape `[n, hidden]`; zeros by default.
  /// - Returns: Outputs of shape `[n, length, hidden]`, and the state, shape `[n, hidden]`.
  public func callAsFunction(_ x: Tensor<Float>, from state: Tensor<Float>?) -> (
    outputs: Tensor<Float>, state: Tensor<Float>
  ) {
    checkSequence(x, "GRU")
    var state = state ?? .zeros(shape: [x.shape[0], hidden])
    let fromInputs = linear(x, parameters.weightInput.value, bias: parameters.biasInput.value)
    let (weight, bias) = (parameters.weightHidden.value, parameters.biasHidden.value)
    var outputs: [Tensor<Float>] = []
    for step in 0..<x.shape[1] {
      let (given, kept) = (fromInputs[0..., step], linear(state, weight, bias: bias))
      let reset = sigmoid(gate(given, 0) + gate(kept, 0))
      let update = sigmoid(gate(given, 1) + gate(kept, 1))
      let new = tanh(gate(given, 2) + reset * gate(kept, 2))
      state = new + update * (state - new)
      outputs.append(state)
    }
    return (stack(outputs, axis: 1), state)
  }

  private func gate(_ gates: Tensor<Float>, _ number: Int) -> Tensor<Float> {
    gates[0..., (number * hidden)..<((number + 1) * hidden)]
  }
}

private func checkSequence(_ x: Tensor<Float>, _ name: String) {
  require(
    x.rank == 3 && x.shape[1] > 0,
    "\(name): shape \(x.shape); the input has shape [n, length, inputs] and at least one step")
}
