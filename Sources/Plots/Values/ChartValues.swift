internal import FoundationEssentials

/// The values of one column of a chart: numbers, texts or points in time.
public enum ChartValues: Equatable, Sendable {
  /// Numbers; NaN stands for a missing one.
  case numbers([Double])
  /// Texts, which name categories.
  case texts([String])
  /// Points in time, in seconds since 1970 in UTC; NaN stands for a missing one.
  case times([Double])

  /// How many values there are.
  public var count: Int {
    switch self {
    case .numbers(let values), .times(let values): values.count
    case .texts(let values): values.count
    }
  }

  /// Numbers or times as they are; texts have none.
  var numbers: [Double]? {
    switch self {
    case .numbers(let values), .times(let values): values
    case .texts: nil
    }
  }

  /// What an axis or a legend calls each value.
  var labels: [String] {
    switch self {
    case .numbers(let values): values.map { NumberLabel.plain($0) }
    case .texts(let values): values
    case .times(let values): values.map { TimeTicks.text($0) }
    }
  }

  /// The different values by name: texts in the order of their first occurrence, numbers and times by size.
  var categories: [String] {
    var seen: Set<String> = []
    switch self {
    case .texts(let values): return values.filter { seen.insert($0).inserted }
    case .numbers(let values), .times(let values):
      let sorted = Set(values.filter { !$0.isNaN }).sorted()
      let labels = isTime ? ChartValues.times(sorted).labels : ChartValues.numbers(sorted).labels
      return labels.filter { seen.insert($0).inserted }
    }
  }

  var isTime: Bool {
    if case .times = self { return true }
    return false
  }

  /// The values at some places.
  func picked(_ places: [Int]) -> ChartValues {
    switch self {
    case .numbers(let values): .numbers(places.map { values[$0] })
    case .texts(let values): .texts(places.map { values[$0] })
    case .times(let values): .times(places.map { values[$0] })
    }
  }
}

/// Something that a chart can take as a column: an array of numbers, texts or dates, a tensor.
public protocol ChartColumn {
  /// The values in order; what the column is called is told for messages.
  func chartValues(named name: String) -> ChartValues
}

extension Array: ChartColumn {
  /// The elements, which must be numbers, texts, truth values or dates, or optionals of them.
  ///
  /// - Precondition: All are of one of these kinds.
  public func chartValues(named name: String) -> ChartValues {
    // The common types first: reading through existentials costs much more.
    if let values = self as? [Double] { return .numbers(values) }
    if let values = self as? [String] { return .texts(values) }
    if let values = self as? [Float] { return .numbers(values.map { Double($0) }) }
    if let values = self as? [Int] { return .numbers(values.map { Double($0) }) }
    switch ValueReader.read(self) {
    case .success(let values): return values
    case .failure(let fault): fatalError("Chart: \"\(name)\" holds \(fault.text)")
    }
  }
}

extension ArraySlice: ChartColumn {
  /// The elements of the slice, as those of an array.
  public func chartValues(named name: String) -> ChartValues {
    Array(self).chartValues(named: name)
  }
}

extension Range: ChartColumn where Bound == Int {
  /// The whole numbers of the range.
  public func chartValues(named name: String) -> ChartValues { .numbers(map { Double($0) }) }
}

extension ClosedRange: ChartColumn where Bound == Int {
  /// The whole numbers of the range.
  public func chartValues(named name: String) -> ChartValues { .numbers(map { Double($0) }) }
}

extension ChartValues: ChartColumn {
  /// The values themselves.
  public func chartValues(named name: String) -> ChartValues { self }
}

/// A table whose columns charts can take by name.
public protocol ChartTable {
  /// The columns' names.
  var chartColumnNames: [String] { get }
  /// The values of the column called `name`; `nil` when there is none.
  func chartColumn(_ name: String) -> ChartValues?
}

/// An array of numbers with a shape: a matrix, an image or a batch of images, such as a tensor.
public protocol ChartArray {
  /// The lengths of the axes.
  var chartShape: [Int] { get }
  /// The elements, the last axis changing fastest.
  var chartNumbers: [Double] { get }
}
