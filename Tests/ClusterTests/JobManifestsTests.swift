import Cluster
import Testing
import Workflows

@Suite("A job's manifests")
struct JobManifestsTests {
  @Test("are what Kubernetes' schemas accept; pytest checks these files with them")
  func golden() throws {
    let plain = try JobManifests(
      name: "Train_Model", source: "print(\"a\\tb\")\r\n// ünï\u{0}\n", suffix: "1a2b3c4d",
      options: JobOptions(), defaultImage: "martlet:1")
    try expectSameAsGolden(plain.text, "job.json")
    let full = try JobManifests(
      name: "train", source: "print(1)\n", suffix: "1",
      options: JobOptions(
        namespace: "ml", image: "ghcr.io/example/martlet:1",
        resources: Resources(cpuMillicores: 500, memoryMebibytes: 512), backoffLimit: 3,
        activeDeadlineSeconds: 3600, ttlSecondsAfterFinished: 600, serviceAccount: "trainer",
        queue: "users"), defaultImage: nil,
      environment: ["MARTLET_RUN_ID": "7", "MARTLET_TRACKING_URI": "http://tracking:5000"])
    try expectSameAsGolden(full.text, "job-full.json")
  }

  @Test("name the ConfigMap after its content and the job after the run")
  func names() throws {
    func make(_ source: String, _ suffix: String) throws -> JobManifests {
      try JobManifests(
        name: "a", source: source, suffix: suffix, options: JobOptions(), defaultImage: "i")
    }
    let one = try make("1", "x")
    #expect(one.configMap.metadata.name == "a-6b86b273ff")
    #expect(one.job.metadata.name == "a-x")
    #expect(try make("1", "y").configMap == one.configMap)
    #expect(try make("2", "x").configMap.metadata.name != one.configMap.metadata.name)
  }

  @Test("refuse what does not fit")
  func refusals() {
    func make(
      _ name: String = "a", source: String = "", suffix: String = "1", image: String? = "i"
    ) throws {
      _ = try JobManifests(
        name: name, source: source, suffix: suffix, options: JobOptions(), defaultImage: image)
    }
    #expect(throws: ClusterError.missingImage(name: "a")) { try make(image: nil) }
    #expect(
      throws: ClusterError.programTooLarge(
        name: "a", byteCount: 1_048_577, limit: 1_048_576, carrier: "a ConfigMap")
    ) { try make(source: String(repeating: "x", count: 1_048_577)) }
    #expect(throws: Never.self) { try make(source: String(repeating: "x", count: 1_048_576)) }
    for suffix in ["", "A", "a-b", "1234567890123"] {
      #expect(throws: ClusterError.self) { try make(suffix: suffix) }
    }
    #expect(throws: ClusterError.self) { try make("ä") }
  }
}
