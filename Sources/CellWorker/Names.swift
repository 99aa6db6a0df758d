import CFaults
import Glibc

/// `text` without the names of cells' modules, `Cell_7.` and the like.
func withoutCellModules(_ text: String) -> String {
  guard text.utf8.count < 1 << 22, text.contains("Cell_") else { return text }
  var result = ""
  var rest = Substring(text)
  while let start = rest.firstRange(of: "Cell_") {
    result += rest[..<start.lowerBound]
    let digits = rest[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
    let after = rest[digits.endIndex...]
    let isName = result.last.map { !($0.isLetter || $0.isNumber || $0 == "_") } ?? true
    if isName, !digits.isEmpty, after.first == "." {
      rest = after.dropFirst()
    } else {
      result += rest[start]
      rest = rest[start.upperBound...]
    }
  }
  return result + rest
}

/// A value's forms without the names of cells' modules; large ones are data, and left alone.
func withoutCellModules(inForms json: String) -> String {
  json.utf8.count < 1 << 18 ? withoutCellModules(json) : json
}

/// A frame as `object\toffset\tname`; the name is empty when the object does not tell it.
func describeFrame(_ address: UInt) -> String {
  var path: UnsafePointer<CChar>?
  var base: UInt = 0
  guard unsafe cfaults_find_object(address, &path, &base) != 0, let path = unsafe path else {
    return "?\t\(address)\t"
  }
  let symbol = unsafe cfaults_symbol_name(address)
  let name = unsafe symbol.map { unsafe String(cString: $0) } ?? ""
  let file = unsafe String(cString: path)
  return "\(file)\t\(address - base)\t\(name)"
}
