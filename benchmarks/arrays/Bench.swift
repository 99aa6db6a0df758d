import Foundation
import Tensors

/// Runs workloads and prints what they took.
struct Bench {
  let isWanted: (String) -> Bool

  /// Runs `body` until a third of a second has passed, at least nine times; prints the median and the fastest.
  ///
  /// Short ones are repeated within a sample, so that it takes three milliseconds.
  func time<Result>(
    _ name: String, accuracy: Double? = nil, _ body: () throws -> Result
  ) rethrows {
    guard isWanted(name) else { return }
    forgetPeak()
    let clock = ContinuousClock()
    func once(_ count: Int) throws -> Double {
      let elapsed = try clock.measure {
        for _ in 0..<count { withExtendedLifetime(try body()) {} }
      }
      return Double(elapsed.components.attoseconds) / 1e15 + Double(elapsed.components.seconds)
        * 1e3
    }
    _ = try once(1)
    let first = Swift.min(try once(1), try once(1))
    let inner = first < 3 ? Swift.max(1, Int(3 / Swift.max(first, 1e-5))) : 1
    var samples: [Double] = []
    let start = clock.now
    while samples.count < 9 || clock.now - start < .milliseconds(350) {
      samples.append(try once(inner) / Double(inner))
      if clock.now - start > .seconds(4) && samples.count >= 3 { break }
    }
    samples.sort()
    print(
      "{\"workload\": \"\(name)\", \"ms\": \(samples[samples.count / 2]), \"least\": \(samples[0]), "
        + (accuracy.map { "\"accuracy\": \($0), " } ?? "") + "\"peak\": \(peakMebibytes())}")
    fflush(nil)
  }

  /// The same for a tensor, whose elements are to be there.
  func time<Scalar>(_ name: String, _ body: () throws -> Tensor<Scalar>) rethrows {
    try time(name) { () throws -> Void in try body().evaluated() }
  }

  /// Prepares a group of workloads if one of them is wanted.
  func group(_ names: [String], _ body: () throws -> Void) rethrows {
    if names.contains(where: isWanted) { try body() }
  }

  /// Makes the kernel count the most memory afresh.
  private func forgetPeak() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  /// The most memory this process has had since it was last forgotten, in MiB.
  private func peakMebibytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    return Int(line?.split(separator: " ").dropFirst().first ?? "0").map { $0 / 1024 } ?? 0
  }
}

/// Standard normal numbers, the same every time.
func normal(_ shape: Int...) -> Tensor<Float> {
  var random = RandomGenerator(seed: 1)
  return random.normal(shape: shape)
}
