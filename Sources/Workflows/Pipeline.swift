/// A value that crosses between steps.
package struct StepValue: Sendable, Equatable {
  package var name: String
  /// Its static type, as source text.
  package var type: String

  package init(name: String, type: String) {
    self.name = name
    self.type = type
  }

  /// Whether it crosses as safetensors rather than as JSON.
  package var isTensor: Bool { TypeText.isTensor(type) }

  /// The name of its file in a run's folder.
  package var fileName: String { name + (isTensor ? ".safetensors" : ".json") }
}

/// A value that a step takes.
package struct StepInput: Sendable, Equatable {
  package var name: String
  /// Its static type, as source text.
  package var type: String
  /// The name of the step that makes it.
  package var producer: String

  package init(name: String, type: String, producer: String) {
    self.name = name
    self.type = type
    self.producer = producer
  }
}

/// One step of a pipeline: a program and the values it takes and makes.
package struct Step: Sendable, Equatable {
  package var name: String
  package var options: StepOptions
  package var inputs: [StepInput]
  package var outputs: [StepValue]
  /// The program's source.
  package var program: String
  /// What diagnostics call its cell.
  package var label: String

  package init(
    name: String, options: StepOptions = StepOptions(), inputs: [StepInput] = [],
    outputs: [StepValue] = [], program: String, label: String = ""
  ) {
    self.name = name
    self.options = options
    self.inputs = inputs
    self.outputs = outputs
    self.program = program
    self.label = label
  }
}

/// A value on its way from one step to another.
package struct PipelineEdge: Sendable, Equatable {
  package var producer: String
  package var consumer: String
  package var value: StepValue

  package init(producer: String, consumer: String, value: StepValue) {
    self.producer = producer
    self.consumer = consumer
    self.value = value
  }
}

/// Steps that need each other's values, in an order in which they can run.
package struct Pipeline: Sendable, Equatable {
  package let name: String
  /// The steps, each after all steps whose values it takes.
  package let steps: [Step]

  /// Orders `steps`, keeping the given order where the values allow it.
  ///
  /// - Throws: `invalidName`, `noSteps`, `duplicateStep`, `unknownProducer` or `cycle`.
  package init(name: String, steps: [Step]) throws(WorkflowsError) {
    guard !steps.isEmpty else { throw .noSteps }
    _ = try ResourceName(name)
    var names: [String: String] = [:]
    for step in steps {
      let mapped = try ResourceName(step.name).text
      if let other = names.updateValue(step.name, forKey: mapped) {
        throw .duplicateStep(name: step.name, other: other)
      }
    }
    for step in steps {
      for input in step.inputs {
        let producer = steps.first { $0.name == input.producer }
        guard let producer, producer.outputs.contains(where: { $0.name == input.name }) else {
          throw .unknownProducer(value: input.name, step: step.name, producer: input.producer)
        }
      }
    }
    self.name = name
    self.steps = try Self.ordered(steps)
  }

  /// The values that cross, in the order of the steps that take them.
  package var edges: [PipelineEdge] {
    steps.flatMap { step in
      step.inputs.map {
        PipelineEdge(
          producer: $0.producer, consumer: step.name,
          value: StepValue(name: $0.name, type: $0.type))
      }
    }
  }

  /// Returns the names of the steps whose values `step` takes, in the pipeline's order.
  package func producers(of step: Step) -> [String] {
    let producers = Set(step.inputs.map(\.producer))
    return steps.map(\.name).filter { producers.contains($0) }
  }

  private static func ordered(_ steps: [Step]) throws(WorkflowsError) -> [Step] {
    var open = steps
    var done: Set<String> = []
    var ordered: [Step] = []
    while !open.isEmpty {
      let ready = open.firstIndex { step in step.inputs.allSatisfy { done.contains($0.producer) } }
      guard let ready else { throw .cycle(steps: cycle(in: open)) }
      let step = open.remove(at: ready)
      done.insert(step.name)
      ordered.append(step)
    }
    return ordered
  }

  /// Returns one circle among steps of which each waits for another, its first step repeated.
  private static func cycle(in steps: [Step]) -> [String] {
    var path: [String] = []
    var current = steps.first
    while let step = current {
      if let start = path.firstIndex(of: step.name) {
        return [path[start]] + path[start...].reversed()
      }
      path.append(step.name)
      let waitsFor = Set(step.inputs.map(\.producer))
      current = steps.first { waitsFor.contains($0.name) }
    }
    return path
  }
}
