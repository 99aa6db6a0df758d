/// `%%job NAME [on=local|kubernetes] [dry-run] [options]`.
package struct JobDirective: Sendable, Equatable {
  package enum Target: String, Sendable, CaseIterable {
    case local
    case kubernetes
  }

  package var name: String
  package var target: Target
  /// Whether to print the manifests and submit nothing.
  package var isDryRun: Bool
  package var options: JobOptions

  package init(
    name: String, target: Target = .local, isDryRun: Bool = false,
    options: JobOptions = JobOptions()
  ) {
    self.name = name
    self.target = target
    self.isDryRun = isDryRun
    self.options = options
  }

  /// Parses what follows `%%job`.
  package init(arguments: String) throws(WorkflowsError) {
    let directive = "%%job"
    let clusterKeys = [
      "namespace", "image", "cpu", "memory", "backoffLimit", "activeDeadlineSeconds",
      "ttlSecondsAfterFinished", "serviceAccount", "queue",
    ]
    var words = try DirectiveWords(arguments, of: directive, keys: ["on"] + clusterKeys)
    isDryRun = words.flag("dry-run")
    guard let name = words.next() else {
      throw .missingArgument(directive: directive, argument: "a name, as in: %%job train")
    }
    _ = try ResourceName(name)
    self.name = name
    target = .local
    if let text = words.option("on") {
      guard let target = Target(rawValue: text) else {
        throw .badValue(key: "on", value: text, expected: "local or kubernetes")
      }
      self.target = target
    }
    let used = clusterKeys.filter { words.has($0) } + (isDryRun ? ["dry-run"] : [])
    if target == .local, let key = used.first {
      throw .conflict(key: key, other: "on=local", remedy: "Add on=kubernetes or leave it out.")
    }
    options = JobOptions(
      namespace: try words.resourceName("namespace"),
      image: try words.word("image", expected: "the name of an image"),
      resources: try Resources(&words),
      backoffLimit: try words.integer("backoffLimit", in: 0...1000) ?? 0,
      activeDeadlineSeconds: try words.integer("activeDeadlineSeconds", in: 1...Int.max),
      ttlSecondsAfterFinished: try words.integer(
        "ttlSecondsAfterFinished", in: 0...Int(Int32.max)),
      serviceAccount: try words.resourceName("serviceAccount"),
      queue: try words.resourceName("queue"))
    try words.finish()
  }
}

/// The options of a job on Kubernetes.
package struct JobOptions: Sendable, Equatable {
  /// The namespace; `nil` takes that of `kubectl`'s context.
  package var namespace: String?
  package var image: String?
  package var resources: Resources
  /// How often a failed pod is replaced.
  package var backoffLimit: Int
  package var activeDeadlineSeconds: Int?
  package var ttlSecondsAfterFinished: Int?
  package var serviceAccount: String?
  /// The Kueue queue that admits the job.
  package var queue: String?

  package init(
    namespace: String? = nil, image: String? = nil, resources: Resources = Resources(),
    backoffLimit: Int = 0, activeDeadlineSeconds: Int? = nil, ttlSecondsAfterFinished: Int? = nil,
    serviceAccount: String? = nil, queue: String? = nil
  ) {
    self.namespace = namespace
    self.image = image
    self.resources = resources
    self.backoffLimit = backoffLimit
    self.activeDeadlineSeconds = activeDeadlineSeconds
    self.ttlSecondsAfterFinished = ttlSecondsAfterFinished
    self.serviceAccount = serviceAccount
    self.queue = queue
  }
}

extension DirectiveWords {
  /// Takes the value of `key`, which names an object that exists: nothing is mapped.
  fileprivate mutating func resourceName(_ key: String) throws(WorkflowsError) -> String? {
    guard let text = option(key) else { return nil }
    let isName =
      text.count <= 63 && text.first != "-" && text.last != "-" && !text.isEmpty
      && text.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLowercase || $0 == "-") }
    guard isName else {
      throw .badValue(
        key: key, value: text, expected: "a name of small letters, digits and '-' (RFC 1123)")
    }
    return text
  }
}
