import Foundation
import TestSupport
import Testing
import Tracking

/// Points of long series, spread evenly.
@Suite("Sampled histories")
struct SamplingTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
  }

  /// Step, time and value of the point of an index.
  enum Shape: CaseIterable {
    case oneOfEachStep, oneStep, oneMoment, few, gaps

    func point(_ index: Int) -> MetricPoint {
      let (i, value) = (Int64(index), index % 97 == 3 ? Double.nan : Double(index * 7919 % 1009))
      switch self {
      case .oneOfEachStep: return MetricPoint(step: i, timeMilliseconds: i * 3, value: value)
      case .oneStep: return MetricPoint(step: 0, timeMilliseconds: i, value: value)
      case .oneMoment: return MetricPoint(step: -5, timeMilliseconds: 9, value: Double(index))
      case .few: return MetricPoint(step: i / 400, timeMilliseconds: i / 7, value: value)
      case .gaps: return MetricPoint(step: i * i, timeMilliseconds: 5000 - i, value: value)
      }
    }
  }

  @Test(
    "are the rows at even places of the whole, the first and last among them",
    arguments: Shape.allCases)
  func evenPlaces(shape: Shape) throws {
    let run = try Run.start(experiment: "x", name: "r", in: store)
    let record = try store.run("r")
    var batch = LogBatch()
    batch.metrics = (0..<2500).map {
      let point = shape.point($0)
      return MetricEntry(
        key: "m", value: point.value, step: point.step, timeMilliseconds: point.timeMilliseconds)
    }
    try store.log(batch, to: record)
    let all = try store.history(of: record, key: "m")
    func text(_ points: [MetricPoint]) -> [String] {
      points.map { "\($0.step) \($0.timeMilliseconds) \($0.value)" }
    }
    for count in [1, 2, 3, 100, 320, all.count - 1, all.count, 5000] {
      let places: [Int]
      if count >= all.count {
        places = Array(all.indices)
      } else {
        let shares = (0..<count).map { share in
          Array(repeating: share, count: all.count / count + (share < all.count % count ? 1 : 0))
        }
        let dealt = shares.flatMap(\.self)
        places = (0..<count - 1).compactMap(dealt.firstIndex(of:)) + [all.count - 1]
      }
      let sample = try store.sampledHistory(of: record, key: "m", count: count)
      #expect(text(sample) == text(places.map { all[$0] }), "\(count)")
    }
    let steps = all[all.count / 4].step...all[all.count / 2].step
    let part = all.filter { steps.contains($0.step) }
    let sample = try store.sampledHistory(of: record, key: "m", count: 10, steps: steps)
    #expect(
      sample.count == min(10, part.count) && text([sample[0]]) == text([part[0]])
        && text(sample.suffix(1)) == text(part.suffix(1)))
    #expect(try store.sampledHistory(of: record, key: "none", count: 10).isEmpty)
    #expect(
      try store.sampledHistory(
        of: record, key: "m", count: 10, steps: 1_000_000_000...2_000_000_000
      )
      .isEmpty)
    try run.end()
  }
}
