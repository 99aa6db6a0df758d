extension Run {
  /// Runs `body` as a run that ends with it: finished, or failed when it throws.
  ///
  /// ```swift
  /// try Run.with(experiment: "mnist") { run in
  ///   try run.logMetric("loss", 0.5)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - experiment: The experiment's name, as in `start`.
  ///   - name: The run's name; one is made up when none is given.
  ///   - parent: The run that it is a part of, as in `start`.
  ///   - tags: Tags to set at once.
  ///   - store: Where to store it, as in `start`.
  ///   - body: What to do; it gets the run.
  /// - Returns: What `body` returned.
  /// - Throws: What `body` threw, or ``TrackingError`` when the run cannot be stored.
  public static func with<Value>(
    experiment: String? = nil, name: String? = nil, parent: Run? = nil,
    tags: [String: String] = [:], in store: TrackingStore? = nil, _ body: (Run) throws -> Value
  ) throws -> Value {
    let run = try start(experiment: experiment, name: name, parent: parent, tags: tags, in: store)
    let value: Value
    do {
      value = try body(run)
    } catch {
      run.end(after: error)
      throw error
    }
    try run.end()
    return value
  }

  /// Runs the asynchronous `body` as a run that ends with it: finished, failed when it throws, or
  /// killed when it is cancelled.
  ///
  /// - Parameters:
  ///   - experiment: The experiment's name, as in `start`.
  ///   - name: The run's name; one is made up when none is given.
  ///   - parent: The run that it is a part of, as in `start`.
  ///   - tags: Tags to set at once.
  ///   - store: Where to store it, as in `start`.
  ///   - isolation: The actor on which `body` runs: the caller's.
  ///   - body: What to do; it gets the run.
  /// - Returns: What `body` returned.
  /// - Throws: What `body` threw, or ``TrackingError`` when the run cannot be stored.
  public static func with<Value>(
    experiment: String? = nil, name: String? = nil, parent: Run? = nil,
    tags: [String: String] = [:], in store: TrackingStore? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (Run) async throws -> Value
  ) async throws -> Value {
    let run = try start(experiment: experiment, name: name, parent: parent, tags: tags, in: store)
    let value: Value
    do {
      value = try await body(run)
    } catch {
      run.end(after: error)
      throw error
    }
    try run.end()
    return value
  }

  private func end(after error: any Error) {
    // The body's error matters more than one of ending the run, which is then found interrupted.
    try? end(error is CancellationError ? .killed : .failed)
  }
}
