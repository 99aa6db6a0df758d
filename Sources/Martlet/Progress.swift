internal import Tables

/// A sequence that shows how far a loop over it has come.
///
/// ```swift
/// for batch in Progress(batches, description: "epoch 3") {
///   train(on: batch)
/// }
/// ```
///
/// It shows the share, the count, the time gone and to come, and the rate: a bar that moves in a
/// notebook, a line on a terminal, nothing at all in a pipe. It is drawn at most ten times a
/// second, and once more when the loop ends, whether at its end, by `break` or by an error.
public struct Progress<Base: Sequence>: Sequence {
  private let base: Base
  private let description: String
  private let total: Int?

  /// Wraps a sequence.
  ///
  /// - Parameters:
  ///   - base: What to go through.
  ///   - description: What stands before the bar.
  ///   - total: The number of elements. By default, what `base` says about itself; where it says
  ///     nothing, only the count is shown.
  public init(_ base: Base, description: String = "", total: Int? = nil) {
    self.base = base
    self.description = description
    let estimate = base.underestimatedCount
    self.total = total ?? (estimate > 0 ? estimate : nil)
  }

  /// Returns an iterator, which shows its progress from the first element on.
  public func makeIterator() -> ProgressIterator<Base.Iterator> {
    ProgressIterator(
      base.makeIterator(), meter: ProgressMeter(description: description, total: total))
  }
}

/// Goes through a sequence and shows how far it has come.
public struct ProgressIterator<Base: IteratorProtocol>: IteratorProtocol {
  @usableFromInline var base: Base
  @usableFromInline let meter: ProgressMeter

  init(_ base: Base, meter: ProgressMeter) {
    self.base = base
    self.meter = meter
  }

  /// Returns the next element, after which the one before counts as done; `nil` at the end.
  @inlinable
  public mutating func next() -> Base.Element? {
    let element = base.next()
    meter.advance(isAtEnd: element == nil)
    return element
  }
}

/// Counts and draws.
@usableFromInline
final class ProgressMeter {
  /// Where progress shows.
  enum Outlet {
    case notebook, terminal, nowhere
  }

  private let outlet: Outlet
  private let id: String
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var state: ProgressState
  private var asked = 0
  private var nextDrawing: ContinuousClock.Instant
  private var hasDrawn = false
  private var isCurrent = false
  private var hasFinished = false

  init(description: String, total: Int?, outlet: Outlet = ProgressMeter.outlet) {
    self.outlet = outlet
    state = ProgressState(description: description, total: total)
    id = "progress-" + String(UInt64.random(in: .min ... .max), radix: 16)
    start = clock.now
    nextDrawing = start
  }

  /// Where this process shows progress.
  private static var outlet: Outlet {
    if WorkerBridge.isInNotebook { return .notebook }
    return WorkerBridge.errorIsTerminal ? .terminal : .nowhere
  }

  // A loop that ends before its sequence does leaves no other trace.
  deinit { finish() }

  /// Notes that the loop asked for an element, or came to the end.
  @usableFromInline
  func advance(isAtEnd: Bool) {
    guard outlet != .nowhere, !hasFinished else { return }
    state.done = asked
    asked += 1
    isCurrent = false
    if isAtEnd {
      state.hasEnded = true
      finish()
      return
    }
    let now = clock.now
    guard now >= nextDrawing else { return }
    nextDrawing = now + .milliseconds(100)
    draw(at: now)
  }

  private func finish() {
    guard outlet != .nowhere, !hasFinished, asked > 0 else { return }
    hasFinished = true
    if !isCurrent { draw(at: clock.now) }
    if outlet == .terminal { WorkerBridge.writeError("\n") }
  }

  private func draw(at now: ContinuousClock.Instant) {
    state.elapsed = now - start
    isCurrent = true
    switch outlet {
    case .notebook:
      let bundle: MIMEBundle = ["text/html": .text(state.html), "text/plain": .text(state.text)]
      DisplayMessage(bundle, id: id, isUpdate: hasDrawn).send()
    case .terminal:
      // The code at the end removes what is left of a longer line.
      WorkerBridge.writeError("\r\(state.text)\u{1B}[K")
    case .nowhere: break
    }
    hasDrawn = true
  }
}

/// How far a loop has come, and how that looks.
package struct ProgressState {
  let description: String
  let total: Int?
  package var done = 0
  package var elapsed = Duration.zero
  /// Whether the sequence had no more elements.
  package var hasEnded = false

  package init(description: String, total: Int?) {
    self.description = description
    self.total = total
  }

  /// The share that is done, if the total is known and still right.
  private var share: Double? {
    if hasEnded { return 1 }
    guard let total, total > 0, done <= total else { return nil }
    return Double(done) / Double(total)
  }

  private var seconds: Double { elapsed / .seconds(1) }

  /// The counts, times and rate, such as `45/100 [00:12<00:15, 3.6/s]`.
  private var figures: String {
    var text = Elision.grouped(done)
    if let total, done <= total, !hasEnded || done == total {
      text += "/\(Elision.grouped(total))"
    }
    text += " [\(Self.clock(seconds))"
    guard done > 0, seconds > 0 else { return text + "]" }
    let rate = Double(done) / seconds
    if let total, share != nil, !hasEnded { text += "<\(Self.clock(Double(total - done) / rate))" }
    return text + ", \(Self.rate(rate))]"
  }

  /// The progress on one line.
  package var text: String {
    let name = description.isEmpty ? "" : "\(description.prefix(40)): "
    guard let share else { return name + figures }
    let filled = Int(share * 20)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    let percent = "\(Int(share * 100))%"
    return name + String(repeating: " ", count: 4 - percent.count) + "\(percent) \(bar) \(figures)"
  }

  /// The progress as HTML.
  package var html: String {
    let name = description.isEmpty ? "" : "<span>\(HTMLMarkup.escaped(description))</span>"
    let bar: String
    if let share {
      let part = (share * 1000).rounded() / 1000
      bar = "<progress value=\"\(part)\" max=\"1\" style=\"width:16em\"></progress>"
    } else {
      bar = ""
    }
    return "<div class=\"martlet-progress\" style=\"display:flex;align-items:center;gap:.6em;"
      + "font-variant-numeric:tabular-nums\">"
      + "\(name)\(bar)<span style=\"opacity:.8\">\(HTMLMarkup.escaped(figures))</span></div>"
  }

  /// A time such as `00:12` or `1:02:03`.
  static func clock(_ seconds: Double) -> String {
    guard seconds < 3.6e8 else { return "?" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = "\(two(whole / 60 % 60)):\(two(whole % 60))"
    return whole < 3600 ? minutes : "\(whole / 3600):\(minutes)"
  }

  /// A rate such as `3.6/s`, or its inverse where that is easier to read: `2.5 s each`.
  static func rate(_ rate: Double) -> String {
    rate >= 1
      ? "\(Numbers.short(rate, digits: 3))/s" : "\(Numbers.short(1 / rate, digits: 3)) s each"
  }
}
