/// Amounts of processor time and memory, as directives spell them.
enum Quantity {
  /// Parses `2`, `0.5` or `500m` into thousandths of a core.
  static func cpuMillicores(_ text: String) throws(WorkflowsError) -> Int {
    let isMilli = text.hasSuffix("m")
    let number = decimal(isMilli ? text.dropLast() : text[...])
    let millicores = number.map { isMilli ? $0 : $0 * 1000 }
    guard let millicores, millicores >= 1, millicores <= 1e9, millicores == millicores.rounded()
    else {
      throw .badValue(key: "cpu", value: text, expected: "a number of cores, as in 2, 0.5 or 500m")
    }
    return Int(millicores)
  }

  /// Parses `512Mi`, `1.5Gi`, `2G` or a number of bytes into units of 2^20 bytes, rounded up.
  static func memoryMebibytes(_ text: String) throws(WorkflowsError) -> Int {
    let units: [(suffix: String, bytes: Double)] = [
      ("Ki", 0x1p10), ("Mi", 0x1p20), ("Gi", 0x1p30), ("Ti", 0x1p40), ("k", 1e3), ("M", 1e6),
      ("G", 1e9), ("T", 1e12),
    ]
    let unit = units.first { text.hasSuffix($0.suffix) }
    let number = decimal(text.dropLast(unit?.suffix.count ?? 0))
    let bytes = number.map { $0 * (unit?.bytes ?? 1) }
    guard let bytes, bytes >= 0x1p20, bytes <= 0x1p60 else {
      throw .badValue(
        key: "memory", value: text, expected: "an amount from 1Mi up, as in 512Mi, 2Gi or 1.5G")
    }
    return Int((bytes / 0x1p20).rounded(.up))
  }

  /// Parses digits with at most one point; no sign, no exponent.
  private static func decimal(_ text: Substring) -> Double? {
    let isPlain = text.allSatisfy { $0 == "." || ("0"..."9").contains($0) }
    return isPlain && text.first?.isNumber == true ? Double(text) : nil
  }

  /// Spells thousandths of a core for Kubernetes, as in `2` or `500m`.
  static func cpuText(millicores: Int) -> String {
    millicores.isMultiple(of: 1000) ? "\(millicores / 1000)" : "\(millicores)m"
  }
}

/// What a step or a job may use of a node.
package struct Resources: Sendable, Equatable {
  /// CPU in thousandths of a core; 500 encodes as `500m`.
  package var cpuMillicores: Int?
  /// Memory in units of 2^20 bytes; 512 encodes as `512Mi`.
  package var memoryMebibytes: Int?

  package init(cpuMillicores: Int? = nil, memoryMebibytes: Int? = nil) {
    self.cpuMillicores = cpuMillicores
    self.memoryMebibytes = memoryMebibytes
  }

  package var cpuText: String? { cpuMillicores.map(Quantity.cpuText(millicores:)) }
  package var memoryText: String? { memoryMebibytes.map { "\($0)Mi" } }
  package var isEmpty: Bool { cpuMillicores == nil && memoryMebibytes == nil }
}
