import FoundationEssentials

extension Run {
  /// Logs a parameter; logging it again overwrites it, as a cell does that runs again.
  ///
  /// - Parameters:
  ///   - key: The parameter's name.
  ///   - value: Its value; the store keeps its description.
  /// - Throws: ``TrackingError`` when the key is invalid or the store cannot be written.
  public func logParam(_ key: String, _ value: some CustomStringConvertible) throws(TrackingError) {
    try logParams([key: value])
  }

  /// Logs several parameters at once: all of them or, on an error, none.
  ///
  /// - Parameter params: The values by name.
  /// - Throws: ``TrackingError`` when a key is invalid or the store cannot be written.
  public func logParams(
    _ params: [String: any CustomStringConvertible]
  ) throws(TrackingError) {
    for key in params.keys { try RunIdentity.validate(key, kind: "parameter's name") }
    let texts = params.mapValues { String(describing: $0) }
    try store.withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(run: row)
        for (key, value) in texts { try database.setParam(key, value, run: row) }
      }
    }
  }

  /// Sets a tag, in place of an earlier one of that name.
  ///
  /// - Parameters:
  ///   - key: The tag's name.
  ///   - value: Its text.
  /// - Throws: ``TrackingError`` when the key is invalid or the store cannot be written.
  public func setTag(_ key: String, _ value: String) throws(TrackingError) {
    try setTags([key: value])
  }

  /// Sets several tags at once.
  ///
  /// - Parameter tags: The texts by name.
  /// - Throws: ``TrackingError`` when a key is invalid or the store cannot be written.
  public func setTags(_ tags: [String: String]) throws(TrackingError) {
    for key in tags.keys { try RunIdentity.validate(key, kind: "tag's key") }
    try store.withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(run: row)
        for (key, value) in tags { try database.setTag(key, value, run: row) }
      }
    }
  }

  /// Logs a value of a metric.
  ///
  /// - Parameters:
  ///   - key: The metric's name.
  ///   - value: Any number; NaN and infinities are kept.
  ///   - step: The step it belongs to. By default, the one after the metric's last, or 0.
  /// - Throws: ``TrackingError`` when the key is invalid or the store cannot be written.
  public func logMetric(
    _ key: String, _ value: Double, step: Int? = nil
  ) throws(TrackingError) {
    let entry = MetricEntry(
      key: key, value: value, step: step.map(Int64.init), timeMilliseconds: currentMilliseconds())
    try logMetrics([entry])
  }

  /// Logs a value of a metric.
  ///
  /// - Parameters:
  ///   - key: The metric's name.
  ///   - value: Any number; NaN and infinities are kept.
  ///   - step: The step it belongs to. By default, the one after the metric's last, or 0.
  /// - Throws: ``TrackingError`` when the key is invalid or the store cannot be written.
  public func logMetric(
    _ key: String, _ value: some BinaryFloatingPoint, step: Int? = nil
  ) throws(TrackingError) {
    try logMetric(key, Double(value), step: step)
  }

  /// Logs a value of each of several metrics at once: all of them or, on an error, none.
  ///
  /// - Parameters:
  ///   - metrics: The values by name.
  ///   - step: The step they belong to. By default, each metric's own next one.
  /// - Throws: ``TrackingError`` when a key is invalid or the store cannot be written.
  public func logMetrics(
    _ metrics: [String: Double], step: Int? = nil
  ) throws(TrackingError) {
    let now = currentMilliseconds()
    try logMetrics(
      metrics.map { key, value in
        MetricEntry(key: key, value: value, step: step.map(Int64.init), timeMilliseconds: now)
      })
  }

  /// Logs a whole series of values of a metric at once, one step each.
  ///
  /// - Parameters:
  ///   - key: The metric's name.
  ///   - values: The values, in order.
  ///   - step: The step of the first. By default, the one after the metric's last, or 0.
  /// - Throws: ``TrackingError`` when the key is invalid or the store cannot be written.
  public func logMetric(
    _ key: String, values: [Double], startingAt step: Int? = nil
  ) throws(TrackingError) {
    let now = currentMilliseconds()
    try logMetrics(
      values.enumerated().map { index, value in
        MetricEntry(
          key: key, value: value, step: step.map { Int64($0 + index) }, timeMilliseconds: now)
      })
  }

  /// Logs `entries` at once: all of them or, on an error, none.
  package func logMetrics(_ entries: [MetricEntry]) throws(TrackingError) {
    guard !entries.isEmpty else { return }
    var checked: String?
    for entry in entries where entry.key != checked {
      try RunIdentity.validate(entry.key, kind: "metric's name")
      checked = entry.key
    }
    try store.withDatabase { database throws(TrackingError) in
      try database.insert(entries, run: row)
    }
  }

  /// Copies a file into the store as an artifact of the run; one of the same path is replaced.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - path: The artifact's path in the run, such as `models/best.safetensors`. By default, the
  ///     file's name.
  /// - Throws: ``TrackingError`` when the file cannot be read, the path leads out of the run, or
  ///   the store cannot be written.
  public func logArtifact(_ file: String, as path: String? = nil) throws(TrackingError) {
    let name = path ?? file.split(separator: "/").last.map(String.init) ?? file
    try store.logArtifact(file: file, as: name, of: .run(row))
  }

  /// Stores bytes as an artifact of the run; one of the same path is replaced.
  ///
  /// - Parameters:
  ///   - data: The contents.
  ///   - path: The artifact's path in the run.
  /// - Throws: ``TrackingError`` when the path leads out of the run or the store cannot be written.
  public func logArtifact(data: [UInt8], as path: String) throws(TrackingError) {
    try store.logArtifact(data: data, as: path, of: .run(row))
  }

  /// Stores a text as an artifact of the run; one of the same path is replaced.
  ///
  /// - Parameters:
  ///   - text: The contents, stored as UTF-8.
  ///   - path: The artifact's path in the run.
  /// - Throws: ``TrackingError`` when the path leads out of the run or the store cannot be written.
  public func logArtifact(text: String, as path: String) throws(TrackingError) {
    try store.logArtifact(data: Array(text.utf8), as: path, of: .run(row))
  }

  /// Copies every file below a folder into the store as artifacts of the run.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - path: The folder's path in the run. By default, the files lie at the run's top.
  /// - Throws: ``TrackingError`` when a file cannot be read or the store cannot be written.
  public func logArtifacts(_ folder: String, as path: String? = nil) throws(TrackingError) {
    let names: [String]
    do {
      names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    } catch {
      throw .artifactFailed(path: folder, reason: "it is no folder that can be read")
    }
    for name in names.sorted() {
      var isFolder = false
      let file = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder else {
        continue
      }
      try logArtifact(file, as: path.map { "\($0)/\(name)" } ?? name)
    }
  }
}
