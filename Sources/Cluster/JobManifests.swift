package import Workflows

/// The two objects of a job on Kubernetes: the program in a ConfigMap and the Job that runs it.
package struct JobManifests: Sendable, Equatable {
  package let configMap: ConfigMap
  package let job: Job

  /// The Kubernetes API refuses a ConfigMap with more data.
  private static let dataLimit = 1_048_576
  private static let folder = "/etc/martlet/program"
  private static let file = "program.swift"

  /// Describes one run of a program.
  ///
  /// - Parameters:
  ///   - name: The job's name; `Train_Model` becomes `train-model`.
  ///   - source: The program.
  ///   - suffix: Tells runs apart: small letters and digits, at most 12, as of a run's identifier.
  ///   - options: Namespace, image, resources and limits.
  ///   - defaultImage: The image when `options` name none.
  ///   - environment: Variables of the container, as the run's identifier and the tracking store.
  /// - Throws: `missingImage`, `badName` or `programTooLarge`.
  package init(
    name: String, source: String, suffix: String, options: JobOptions, defaultImage: String?,
    environment: [String: String] = [:]
  ) throws(ClusterError) {
    guard let image = options.image ?? defaultImage, !image.isEmpty else {
      throw .missingImage(name: name)
    }
    let name = try resourceName(name)
    let jobName = try Self.joined(name, suffix: suffix)
    let byteCount = source.utf8.count
    guard byteCount <= Self.dataLimit else {
      throw .programTooLarge(
        name: name, byteCount: byteCount, limit: Self.dataLimit, carrier: "a ConfigMap")
    }
    let digest = sourceDigest(source)
    let labels = [
      "app.kubernetes.io/managed-by": "martlet", "app.kubernetes.io/name": name,
      "app.kubernetes.io/component": "job",
    ]
    configMap = ConfigMap(
      data: [Self.file: source],
      metadata: ObjectMetadata(
        annotations: ["martlet/source-sha256": digest], labels: labels,
        name: "\(name)-\(digest.prefix(10))", namespace: options.namespace))
    var jobLabels = labels
    jobLabels["app.kubernetes.io/instance"] = jobName
    var queued = jobLabels
    if let queue = options.queue { queued["kueue.x-k8s.io/queue-name"] = queue }
    let container = Job.Container(
      args: StepArguments.forFile(
        step: name, path: "\(Self.folder)/\(Self.file)", sourceDigest: digest),
      command: ["martlet", "step", "run"],
      env: environment.isEmpty ? nil : EnvironmentVariable.sorted(environment), image: image,
      resources: Job.ResourceLists(options.resources),
      volumeMounts: [Job.Mount(mountPath: Self.folder, name: "program", readOnly: true)])
    let volume = Job.Volume(
      configMap: Job.Volume.Map(defaultMode: 0o444, name: configMap.metadata.name),
      name: "program")
    job = Job(
      metadata: ObjectMetadata(
        annotations: ["martlet/source-sha256": digest], labels: queued, name: jobName,
        namespace: options.namespace),
      spec: Job.Spec(
        activeDeadlineSeconds: options.activeDeadlineSeconds, backoffLimit: options.backoffLimit,
        podFailurePolicy: .standard(container: container.name),
        suspend: options.queue == nil ? nil : true,
        template: Job.Template(
          metadata: Job.Template.Metadata(labels: jobLabels),
          spec: Job.PodSpec(
            containers: [container], serviceAccountName: options.serviceAccount,
            automountServiceAccountToken: options.serviceAccount == nil ? false : nil,
            volumes: [volume])),
        ttlSecondsAfterFinished: options.ttlSecondsAfterFinished))
  }

  /// Both objects as one `List`, which `kubectl create -f` takes; what `dry-run` prints.
  package var text: String { manifestText(ObjectList(items: [.configMap(configMap), .job(job)])) }

  private static func joined(_ name: String, suffix: String) throws(ClusterError) -> String {
    let isPlain = suffix.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLowercase) }
    guard isPlain, (1...12).contains(suffix.count) else {
      throw .badName("'\(suffix)' cannot end a job's name: 1 to 12 small letters and digits can.")
    }
    return "\(name)-\(suffix)"
  }
}

/// A `v1` `List` of the two kinds of objects.
private struct ObjectList: Encodable {
  var apiVersion = "v1"
  var items: [Item]
  var kind = "List"

  enum Item: Encodable {
    case configMap(ConfigMap)
    case job(Job)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .configMap(let value): try value.encode(to: encoder)
      case .job(let value): try value.encode(to: encoder)
      }
    }
  }
}
