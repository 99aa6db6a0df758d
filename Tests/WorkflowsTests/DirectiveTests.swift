import Testing
import Workflows

@Suite("Directives")
struct DirectiveTests {
  @Test("of steps carry name and options")
  func step() throws {
    let directive = try StepDirective(
      arguments: " Train_Model image=ghcr.io/a/b:1 cpu=500m memory=1.5Gi cache=off retries=2")
    #expect(directive.name == "Train_Model")
    #expect(
      directive.options
        == StepOptions(
          image: "ghcr.io/a/b:1", resources: Resources(cpuMillicores: 500, memoryMebibytes: 1536),
          isCached: false, retries: 2))
    #expect(try StepDirective(arguments: "a").options == StepOptions())
  }

  @Test("of jobs carry target and options")
  func job() throws {
    let directive = try JobDirective(
      arguments: """
        train on=kubernetes dry-run namespace=ml image=m:1 cpu=2 memory=512Mi backoffLimit=3 \
        activeDeadlineSeconds=3600 ttlSecondsAfterFinished=60 serviceAccount=sa queue=q
        """)
    #expect(directive.target == .kubernetes && directive.isDryRun)
    #expect(
      directive.options
        == JobOptions(
          namespace: "ml", image: "m:1",
          resources: Resources(cpuMillicores: 2000, memoryMebibytes: 512), backoffLimit: 3,
          activeDeadlineSeconds: 3600, ttlSecondsAfterFinished: 60, serviceAccount: "sa",
          queue: "q"))
    #expect(try JobDirective(arguments: "train") == JobDirective(name: "train"))
  }

  @Test("of pipelines are run, export and show")
  func pipeline() throws {
    #expect(
      try PipelineDirective(arguments: "run name='my run' parallel=2")
        == .run(name: "my run", parallel: 2))
    #expect(
      try PipelineDirective(arguments: "export \"a b.yaml\" image=i")
        == .export(file: "a b.yaml", name: nil, image: "i"))
    #expect(try PipelineDirective(arguments: "show") == .show(name: nil))
  }

  @Test(
    "with mistakes say what and what to do",
    arguments: [
      ("", "%%step needs a name, as in: %%step train."),
      ("a b", "%%step has no use for 'b'. Write options as key=value."),
      ("a memroy=1Gi", "%%step knows no option 'memroy'. Did you mean 'memory'?"),
      ("a colour=red", "%%step knows no option 'colour'."),
      ("a cpu=1 cpu=2", "%%step has 'cpu' more than once. Keep one."),
      ("a cpu=two", "cpu=two is not a number of cores, as in 2, 0.5 or 500m."),
      ("a cpu=-1", "cpu=-1 is not a number of cores, as in 2, 0.5 or 500m."),
      ("a cpu=0", "cpu=0 is not a number of cores, as in 2, 0.5 or 500m."),
      ("a cpu=1e3", "cpu=1e3 is not a number of cores, as in 2, 0.5 or 500m."),
      ("a memory=1gb", "memory=1gb is not an amount from 1Mi up, as in 512Mi, 2Gi or 1.5G."),
      ("a memory=", "memory= is not an amount from 1Mi up, as in 512Mi, 2Gi or 1.5G."),
      ("a cache=no", "cache=no is not on or off."),
      ("a retries=many", "retries=many is not a whole number from 0 to 100."),
      ("a image=", "image= is not the name of an image."),
      (
        "a image=\"b",
        "a quotation mark in 'a image=\"b' is not closed. Close it, or put a backslash before it."
      ),
      ("-a", "'-a' cannot be the name: it must start and end with a letter or a digit."),
      ("schön", "'schön' cannot be the name: 'ö' is not a letter a–z, a digit, '-' or '_'."),
    ])
  func stepMistakes(arguments: String, message: String) {
    expectMessage(message) { _ = try StepDirective(arguments: arguments) }
  }

  @Test(
    "of jobs with mistakes say what and what to do",
    arguments: [
      ("train on=k8s", "on=k8s is not local or kubernetes."),
      (
        "train image=a",
        "image does not go with on=local. Add on=kubernetes or leave it out."
      ),
      (
        "train dry-run",
        "dry-run does not go with on=local. Add on=kubernetes or leave it out."
      ),
      (
        "train backofflimit=1", "%%job knows no option 'backofflimit'. Did you mean 'backoffLimit'?"
      ),
      ("train name_space=1", "%%job knows no option 'name_space'. Did you mean 'namespace'?"),
      (
        "train on=kubernetes namespace=ML",
        "namespace=ML is not a name of small letters, digits and '-' (RFC 1123)."
      ),
      (
        "train on=kubernetes activeDeadlineSeconds=0",
        "activeDeadlineSeconds=0 is not a whole number from 1 up."
      ),
    ])
  func jobMistakes(arguments: String, message: String) {
    expectMessage(message) { _ = try JobDirective(arguments: arguments) }
  }

  @Test(
    "of pipelines with mistakes say what and what to do",
    arguments: [
      ("", "%pipeline needs run, export FILE or show."),
      ("runn", "%pipeline knows no option 'runn'. Did you mean 'run'?"),
      ("export", "%pipeline export needs a file, as in: %pipeline export churn.yaml."),
      ("export a.txt", "FILE=a.txt is not a name that ends in .yaml or .json."),
      ("run image=a", "%pipeline run knows no option 'image'."),
      ("show all", "%pipeline show has no use for 'all'. Write options as key=value."),
    ])
  func pipelineMistakes(arguments: String, message: String) {
    expectMessage(message) { _ = try PipelineDirective(arguments: arguments) }
  }

  @Test(
    "map names to Kubernetes names",
    arguments: [("Train_Model", "train-model"), ("a.b c", "a-b-c"), ("x1", "x1")])
  func names(name: String, mapped: String) throws {
    #expect(try ResourceName(name).text == mapped)
  }

  @Test("refuse names that do not fit")
  func longNames() {
    #expect(throws: WorkflowsError.self) { try ResourceName(String(repeating: "a", count: 49)) }
    #expect(throws: WorkflowsError.self) { try ResourceName("") }
  }

  @Test(
    "spell amounts for Kubernetes",
    arguments: [
      ("cpu=2 memory=2Gi", "2", "2048Mi"), ("cpu=0.25 memory=1G", "250m", "954Mi"),
      ("cpu=1.5 memory=1048576", "1500m", "1Mi"),
    ])
  func amounts(arguments: String, cpu: String, memory: String) throws {
    let resources = try StepDirective(arguments: "a \(arguments)").options.resources
    #expect(resources.cpuText == cpu)
    #expect(resources.memoryText == memory)
  }

  private func expectMessage(
    _ message: String, sourceLocation: SourceLocation = #_sourceLocation, of body: () throws -> Void
  ) {
    let error = #expect(throws: WorkflowsError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.description == message, sourceLocation: sourceLocation)
  }
}
