// Does with tables what Tests/python/test_pandas_parity.py asks for: one request on each line of standard input, its words
// apart by tabs, each answered by one line.

import Glibc
import Tables
import Tensors

var tables: [String: Table] = [:]

@MainActor func answer(_ words: [String]) throws -> String {
  @MainActor func table(_ place: Int) throws -> Table {
    guard let table = tables[words[place]] else { return Table() }
    return table
  }
  func list(_ place: Int) -> [String] {
    words[place].isEmpty ? [] : words[place].split(separator: ",").map(String.init)
  }
  switch words[0] {
  case "read":
    var options = CSVOptions()
    for option in words.dropFirst(3) { apply(option, to: &options) }
    let table = try Table(csv: words[2], options)
    tables[words[1]] = table
    return table.columnTypes.map(\.description).joined(separator: ",")
  case "write": try table(1).write(csv: words[2])
  case "batches":
    var batches = try CSVBatches(words[2], rows: Int(words[3]) ?? 0)
    var parts: [Table] = []
    while let batch = try batches.next() { parts.append(batch) }
    tables[words[1]] = try Table.concatenate(parts)
    return "\(parts.map(\.rowCount).max() ?? 0)"
  case "group": tables[words[1]] = try grouped(try table(2), keys: list(3), by: words[4], list(5))
  case "sort":
    let keys = list(3).map { name in
      name.hasPrefix("-") ? SortKey.descending(String(name.dropFirst())) : .ascending(name)
    }
    tables[words[1]] = try table(2).sorted(by: keys)
  case "join":
    let kind = JoinKind(rawValue: words[5]) ?? .inner
    tables[words[1]] = try table(2).join(
      table(3), leftOn: list(4), rightOn: list(4), how: kind)
  case "describe": tables[words[1]] = try table(2).describe()
  case "unique": tables[words[1]] = try table(2).select(list(3)).unique()
  case "counts": tables[words[1]] = try table(2).valueCounts(words[3])
  case "filter":
    let limit = Double(words[4]) ?? 0
    tables[words[1]] = try table(2).filter { $0[words[3]] > .double(limit) }
  case "typedFilter":
    let limit = Double(words[4]) ?? 0
    tables[words[1]] = try table(2).filter(words[3]) { (value: Double) in value > limit }
  case "dropMissing": tables[words[1]] = try table(2).dropMissing()
  case "fill": tables[words[1]] = try table(2).fillMissing(words[3], with: .int(Int(words[4]) ?? 0))
  case "tensor":
    let tensor = try table(2).tensor(as: Double.self, columns: list(3), missing: .nan)
    try NPY.write(tensor, to: words[1])
  case "time":
    let start = ContinuousClock.now
    let table = try Table(csv: words[1])
    let read = ContinuousClock.now - start
    tables["timed"] = table
    let key = table.columnNames[0]
    let work = try ContinuousClock().measure { _ = try table.groupBy(key).mean() }
    let sort = try ContinuousClock().measure { _ = try table.sorted(by: .ascending(key)) }
    let write = try ContinuousClock().measure { try table.write(csv: words[1] + ".out") }
    return "read \(read) group \(work) sort \(sort) write \(write)"
  default: return "no request \(words[0])"
  }
  return "done"
}

func apply(_ option: String, to options: inout CSVOptions) {
  let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
  switch (parts[0], parts.count > 1 ? parts[1] : "") {
  case ("delimiter", let text): options.delimiter = Character(text)
  case ("decimal", let text): options.decimalPoint = Character(text)
  case ("comment", let text): options.comment = Character(text)
  case ("skip", let text): options.skipLines = Int(text) ?? 0
  case ("rows", let text): options.maxRows = Int(text)
  case ("header", _): options.hasHeader = false
  case ("columns", let text): options.columns = text.split(separator: ",").map(String.init)
  default: break
  }
}

func grouped(
  _ table: Table, keys: [String], by operation: String, _ columns: [String]
) throws -> Table {
  let groups = try table.groupBy(keys)
  if operation == "size" { return try groups.count() }
  return try groups.aggregate(
    columns.map { name -> Aggregation in
      switch operation {
      case "mean": .mean(name, as: name)
      case "sum": .sum(name, as: name)
      case "median": .median(name, as: name)
      case "std": .std(name, as: name)
      case "var": .variance(name, as: name)
      case "min": .min(name, as: name)
      case "max": .max(name, as: name)
      case "first": .first(name, as: name)
      case "last": .last(name, as: name)
      case "nunique": .uniqueCount(name, as: name)
      case "count": .count(name, as: name)
      default: .quantile(name, Double(operation) ?? 0, as: name)
      }
    })
}

while let line = readLine() {
  do {
    print(
      try answer(line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)))
  } catch {
    print("error: \(error)")
  }
  // So that a request that stops the program is the first without an answer.
  fflush(nil)
}
