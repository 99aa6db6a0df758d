extension ExecutorInput {
  /// The variables that tell a step's program where its values lie.
  package var stepEnvironment: [String: String] {
    [
      "MARTLET_STEP_INPUTS": compactText(inputPaths),
      "MARTLET_STEP_OUTPUTS": compactText(outputPaths),
    ]
  }
}
