/// The options of a step.
package struct StepOptions: Sendable, Equatable {
  /// The container image; `nil` takes the pipeline's.
  package var image: String?
  package var resources: Resources
  /// Whether Kubeflow may reuse the outputs of an equal run.
  package var isCached: Bool
  /// How often a failed step is tried again.
  package var retries: Int

  package init(
    image: String? = nil, resources: Resources = Resources(), isCached: Bool = true,
    retries: Int = 0
  ) {
    self.image = image
    self.resources = resources
    self.isCached = isCached
    self.retries = retries
  }

  /// What differs from the defaults, as the directive spells it.
  var summary: String {
    [
      image.map { "image=\($0)" }, resources.cpuText.map { "cpu=\($0)" },
      resources.memoryText.map { "memory=\($0)" }, isCached ? nil : "cache=off",
      retries > 0 ? "retries=\(retries)" : nil,
    ].compactMap { $0 }.joined(separator: " ")
  }
}

/// `%%step NAME [image= cpu= memory= cache=on|off retries=]`.
package struct StepDirective: Sendable, Equatable {
  package var name: String
  package var options: StepOptions

  package init(name: String, options: StepOptions = StepOptions()) {
    self.name = name
    self.options = options
  }

  /// Parses what follows `%%step`.
  package init(arguments: String) throws(WorkflowsError) {
    var words = try DirectiveWords(
      arguments, of: "%%step", keys: ["image", "cpu", "memory", "cache", "retries"])
    guard let name = words.next() else {
      throw .missingArgument(directive: "%%step", argument: "a name, as in: %%step train")
    }
    _ = try ResourceName(name)
    self.name = name
    options = StepOptions(
      image: try words.word("image", expected: "the name of an image"),
      resources: try Resources(&words), isCached: try words.onOff("cache") ?? true,
      retries: try words.integer("retries", in: 0...100) ?? 0)
    try words.finish()
  }
}

/// `%pipeline run|export|show`.
package enum PipelineDirective: Sendable, Equatable {
  /// Runs the pipeline here, with at most `parallel` steps at a time.
  case run(name: String?, parallel: Int?)
  /// Writes the pipeline for Kubeflow.
  case export(file: String, name: String?, image: String?)
  /// Shows the steps and what crosses between them.
  case show(name: String?)

  /// Parses what follows `%pipeline`.
  package init(arguments: String) throws(WorkflowsError) {
    let directive = "%pipeline"
    let first = arguments.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    let commands = ["run": ["name", "parallel"], "export": ["name", "image"], "show": ["name"]]
    guard !first.isEmpty else {
      throw .missingArgument(directive: directive, argument: "run, export FILE or show")
    }
    guard let keys = commands[first] else {
      let suggestion = nearest(to: first, in: commands.keys.sorted())
      throw .unknownKey(directive: directive, key: first, suggestion: suggestion)
    }
    var words = try DirectiveWords(arguments, of: "\(directive) \(first)", keys: keys)
    _ = words.next()
    let name = words.option("name")
    if let name { _ = try ResourceName(name) }
    switch first {
    case "run":
      self = .run(name: name, parallel: try words.integer("parallel", in: 1...1024))
    case "export":
      guard let file = words.next() else {
        throw .missingArgument(
          directive: "%pipeline export", argument: "a file, as in: %pipeline export churn.yaml")
      }
      guard [".yaml", ".yml", ".json"].contains(where: { file.hasSuffix($0) }) else {
        throw .badValue(key: "FILE", value: file, expected: "a name that ends in .yaml or .json")
      }
      self = .export(
        file: file, name: name, image: try words.word("image", expected: "the name of an image"))
    default:
      self = .show(name: name)
    }
    try words.finish()
  }
}

extension Resources {
  /// Takes `cpu` and `memory`.
  init(_ words: inout DirectiveWords) throws(WorkflowsError) {
    var cpu: Int?
    if let text = words.option("cpu") { cpu = try Quantity.cpuMillicores(text) }
    var memory: Int?
    if let text = words.option("memory") { memory = try Quantity.memoryMebibytes(text) }
    self.init(cpuMillicores: cpu, memoryMebibytes: memory)
  }
}

extension DirectiveWords {
  /// Takes the value of `key` as `on` or `off`.
  mutating func onOff(_ key: String) throws(WorkflowsError) -> Bool? {
    switch option(key) {
    case nil: return nil
    case "on"?: return true
    case "off"?: return false
    case let text?: throw .badValue(key: key, value: text, expected: "on or off")
    }
  }
}
