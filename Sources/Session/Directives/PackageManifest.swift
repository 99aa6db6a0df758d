import JupyterProtocol

/// What `swift package dump-package` tells about a package.
struct PackageManifest {
  let name: String
  /// The library products with their targets.
  let libraries: [(name: String, targets: [String])]
  /// The folders of packages that it depends on by path.
  let localDependencies: [String]

  /// Reads the JSON; `nil` when it is none.
  init?(json: [UInt8]) {
    guard let value = JSONValue(utf8: json), let name = value["name"]?.string else {
      return nil
    }
    self.name = name
    libraries = Self.array(value["products"]).compactMap { product in
      guard product["type"]?["library"] != nil, let name = product["name"]?.string else {
        return nil
      }
      return (name, Self.array(product["targets"]).compactMap(\.string))
    }
    localDependencies = Self.array(value["dependencies"]).flatMap { dependency in
      Self.array(dependency["fileSystem"]).compactMap { $0["path"]?.string }
    }
  }

  private static func array(_ value: JSONValue?) -> [JSONValue] {
    guard case .array(let elements)? = value else { return [] }
    return elements
  }
}

/// Arguments that a package's modules are imported with, found in SwiftPM's own plan.
package enum PackagePlan {
  /// Finds how the target `module`, which imports all the others, is compiled.
  package static func importArguments(of module: String, in plan: String) -> [String]? {
    let mark = "\"-module-name\",\"\(module)\""
    for line in plan.split(separator: "\n") {
      let text = line.drop { $0 == " " }
      guard text.hasPrefix("args: ["), text.utf8.count > mark.utf8.count,
        String(text).contains(mark), String(text).contains("\"-emit-module-path\""),
        case .array(let values)? = JSONValue(utf8: Array(text.dropFirst("args: ".count).utf8))
      else { continue }
      return importArguments(values.compactMap(\.string))
    }
    return nil
  }

  private static func importArguments(_ words: [String]) -> [String] {
    var result: [String] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      let next = index + 1 < words.count ? words[index + 1] : ""
      if word == "-I" || word == "-F" {
        result += [word, next]
        index += 1
      } else if word == "-Xcc", next == "-I", index + 3 < words.count {
        result += ["-Xcc", "-I", "-Xcc", words[index + 3]]
        index += 3
      } else if word == "-Xcc" {
        if next.hasPrefix("-fmodule-map-file=") || next.hasPrefix("-I") || next.hasPrefix("-D") {
          result += ["-Xcc", next]
        }
        index += 1
      } else if word == "-Xfrontend", next == "-load-plugin-executable", index + 3 < words.count {
        result += [next, words[index + 3]]
        index += 3
      }
      index += 1
    }
    return result
  }
}
