// Uses every kind of syntax that a cell may hold; tests cut it off at every character.
import Foundation
@preconcurrency import struct Foundation.Date

/* A block /* nested */ comment. */
/// Documented, with `code` and *emphasis*.
precedencegroup DotProductPrecedence {
  associativity: left
  higherThan: AdditionPrecedence
}
infix operator • : DotProductPrecedence
prefix operator √
postfix operator %%

func • (a: [Double], b: [Double]) -> Double { zip(a, b).map(*).reduce(0, +) }
prefix func √ (x: Double) -> Double { x.squareRoot() }
postfix func %% (x: Int) -> Double { Double(x) / 100 }

protocol Shape: Sendable, CustomStringConvertible {
  associatedtype Unit: Numeric = Double
  var area: Double { get }
  var name: String { get set }
  static var sides: Int { get }
  init(side: Double)
  mutating func scale(by factor: Double)
  subscript(index: Int) -> Double { get }
}

extension Shape {
  var description: String { "\(name): \(String(format: "%.2f", area))" }
}

@propertyWrapper
struct Clamped<Value: Comparable> {
  private var value: Value
  let range: ClosedRange<Value>
  var projectedValue: ClosedRange<Value> { range }
  var wrappedValue: Value {
    get { value }
    set { value = min(max(newValue, range.lowerBound), range.upperBound) }
  }
  init(wrappedValue: Value, _ range: ClosedRange<Value>) {
    self.range = range
    self.value = wrappedValue
  }
}

struct Square: Shape, Equatable, Hashable, Codable {
  typealias Unit = Double
  static let sides = 4
  var name = "square"
  var side: Double {
    willSet { _ = newValue }
    didSet { _ = oldValue }
  }
  lazy var diagonal: Double = { side * √2 }()
  var area: Double { side * side }
  init(side: Double) { self.side = side }
  mutating func scale(by factor: Double) { side *= factor }
  subscript(index: Int) -> Double { index < Self.sides ? side : .nan }
  static func == (a: Self, b: Self) -> Bool { a.side == b.side }
  func hash(into hasher: inout Hasher) { hasher.combine(side) }
  enum CodingKeys: String, CodingKey { case name, side }
}

indirect enum Tree<Element> where Element: Comparable {
  case empty
  case node(left: Tree, value: Element, right: Tree)

  func contains(_ element: Element) -> Bool {
    switch self {
    case .empty: return false
    case .node(_, let value, _) where value == element: return true
    case let .node(left, value, right):
      return (element < value ? left : right).contains(element)
    }
  }
}

enum Planet: Int, CaseIterable { case mercury = 1, venus, earth; static let home = Planet.earth }
struct ParseError: Error, LocalizedError {
  let line: Int; var errorDescription: String? { "line \(line)" }
}

open class Animal {
  public private(set) weak var parent: Animal?
  unowned(unsafe) let owner: AnyObject
  fileprivate final var legs: Int { 4 }
  required init(owner: AnyObject) { self.owner = owner }
  convenience init?(named name: String) {
    guard !name.isEmpty else { return nil }; self.init(owner: NSObject())
  }
  deinit { print("gone") }
  @discardableResult func speak(_ words: String..., times: Int = 1) throws -> String {
    if words.isEmpty { throw ParseError(line: #line) }
    return Array(repeating: words.joined(separator: ", "), count: times).joined(separator: "\n")
  }
}

final class Bird: Animal {
  override var legs: Int { super.legs - 2 }
  @available(*, deprecated, renamed: "speak") func sing() {}
}

actor Counter {
  private var total = 0
  nonisolated let label: String
  init(label: String) { self.label = label }
  func add(_ amount: Int) async -> Int { total += amount; return total }
}

@resultBuilder
enum Lines {
  static func buildBlock(_ parts: String...) -> String { parts.joined(separator: "\n") }
  static func buildOptional(_ part: String?) -> String { part ?? "" }
  static func buildEither(first: String) -> String { first }
  static func buildEither(second: String) -> String { second }
  static func buildArray(_ parts: [String]) -> String { parts.joined() }
}
@Lines func page(_ long: Bool) -> String {
  "title"
  if long { "body" } else { "short" }
  for index in 0..<2 { "\(index)" }
}

func largest<T: Collection>(_ items: T) -> T.Element? where T.Element: Comparable { items.max() }
func swapped<each T>(_ values: repeat each T) -> (repeat each T) { (repeat each values) }
func opaque() -> some Sequence<Int> { stride(from: 0, to: 10, by: 2) }
func boxed() -> any Shape { Square(side: 1) }
func change(_ value: inout Int, using body: @escaping @Sendable (Int) -> Int) rethrows {
  value = body(value)
}
func typed() throws(ParseError) -> Never { throw ParseError(line: 1) }

let (width, height): (Int, Int) = (0x1F, 0b1010_1010)
let numbers: [Double] = [1, 2.5e-3, -0x1.8p4, .infinity, Double(0o17)]
let table: [String: [Int?]] = ["a": [1, nil], "b": []]
let text = "tab\t quote\" unicode \u{1F426} \(width + (height > 1 ? 1 : 0)) 🐦🏽"
let raw = #"C:\path \#(width) "quoted""#
let lines = """
  first \
  joined
    indented "three" \("""
      nested \(text)
      """)
  """
var optional: Int? = Int("42")
let unwrapped = optional ?? 0, forced = optional!, chained = optional?.description.first
let closure: (Int, Int) -> Bool = { $0 < $1 }
let captured = { [weak counter = Counter(label: "c"), width] (x: Int) async throws -> Int in
  x + width + (counter == nil ? 1 : 0)
}
let keyPath = \Square.side, nested = \[Square][0].name.count
let range = 1...5, partial = ...3, half = 2..<numbers.count
let pattern = /(?<year>\d{4})-(\w+)/
let selected = if width > 3 { "wide" } else { "narrow" }
let kind =
  switch width {
  case ..<0: -1;
  case 0: 0;
  default: 1
  }
let tuple = (1, second: "two", (3, 4)); let third = tuple.2.1
let mask = (width & 0xFF) << 2 | ~height ^ 3 &+ 1
let type = Square.self; let isShape = boxed() is Square; let cast = boxed() as? Square
let sorted = numbers.sorted { a, b in a > b }.filter { !$0.isNaN }.map { value -> String in
  "\(value)"
}

outer: for (index, value) in numbers.enumerated() where value > 0 {
  for case let .some(number) in table["a"] ?? [] {
    if index == number { continue outer } else if number > 3 { break outer }
  }
}
var count = 3
while count > 0, let value = optional { count -= 1; optional = value > 40 ? value - 1 : nil }
repeat { count += 1; defer { count += 0 } } while count < 2
guard let found = largest(numbers), found > 0 else { fatalError("none") }
switch (width, text) {
case (1...10, _), (_, "x"): print("small")
case let (w, t) where t.hasPrefix("t"): print(w); fallthrough
default: break
}
do {
  let animal = try Bird(owner: NSObject()).speak("chirp", times: 2)
  print(animal)
} catch let error as ParseError where error.line > 0 {
  print(error)
} catch ParseError.self {} catch { print("other: \(error)") }

#if os(Linux) && swift(>=6.0) && canImport(Foundation)
  #sourceLocation(file:"other.swift",line:7)
  let platform = #file + #function
  #sourceLocation()
#elseif DEBUG
  #warning("debug")
#else
  #error("no")
#endif
if #available(macOS 14, *) { print("new") }
if case .node(let left, _, _) = Tree.node(left: .empty, value: 1, right: .empty) { print(left) }
@MainActor func onMain() {}
func concurrent() async throws -> Int {
  async let first = Counter(label: "a").add(1)
  let sum = await withTaskGroup(of: Int.self) { group in
    for n in 0..<3 { group.addTask { n } }
    return await group.reduce(0, +)
  }
  for await value in AsyncStream<Int>({
    $0.yield(1); $0.finish()
  }) { print(value) }
  try await Task.sleep(for: .milliseconds(1)); await onMain()
  return await first + sum
}
let awaited = try await concurrent()
_ = { (x: borrowing Square) in x.area }(Square(side: 2))
var box = consume count; let unsafe = withUnsafePointer(to: &box) { $0.pointee }
`default`(`in`: 1); func `default`(`in` value: Int) {}
[1.0, 2] • [3, 4] + √2 + 50%%
