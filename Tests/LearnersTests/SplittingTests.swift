import Learners
import Tensors
import Testing

@Suite("splits of samples")
struct SplittingTests {
  private let x = Tensor<Double>(shape: [100, 1], values: (0..<100).map(Double.init))

  @Test("every sample is on one side, the same in each run")
  func sides() throws {
    let y = x.flattened()
    let split = try trainTestSplit(x, y, testSize: 0.21, seed: 3)
    #expect(split.xTest.shape == [21, 1] && split.xTrain.shape == [79, 1])
    #expect(Set(split.yTrain.scalars).union(split.yTest.scalars).count == 100)
    #expect(split.xTrain.flattened() == split.yTrain)
    let again = try trainTestSplit(x, y, testSize: 0.21, seed: 3)
    let other = try trainTestSplit(x, y, testSize: 0.21, seed: 4)
    #expect(again.indices == split.indices && other.indices != split.indices)
  }

  @Test("without shuffling the last samples are for judging")
  func ordered() throws {
    let split = try trainTestSplit(x, x, testSize: 0.25, shuffle: false)
    #expect(split.indices.train == Array(0..<75) && split.indices.test == Array(75..<100))
  }

  @Test("a stratified split keeps the parts of the classes")
  func stratified() throws {
    let labels = Tensor<Int32>((0..<100).map { $0 < 80 ? 0 : $0 < 95 ? 1 : 2 })
    let split = try trainTestSplit(x, labels, testSize: 0.2, stratify: true, seed: 1)
    let counts = (0..<3).map { label in split.yTest.scalars.count { $0 == label } }
    #expect(counts == [16, 3, 1])
    #expect(throws: LearnerError.self) {
      try trainTestSplit(x, Tensor<Int32>((0..<100).map { $0 == 0 ? 1 : 0 }), stratify: true)
    }
  }

  @Test("shuffled folds hold every sample once and every class in its part")
  func folds() throws {
    let labels = (0..<90).map { Double($0 % 3) }
    for seed in 0..<3 {
      let parts = try StratifiedKFold(4, shuffle: true, seed: UInt64(seed))
        .folds(count: 90, labels: labels)
      #expect(parts.flatMap(\.test).sorted() == Array(0..<90))
      for part in parts {
        let counts = (0..<3).map { label in part.test.count { labels[$0] == Double(label) } }
        #expect(counts.allSatisfy { (7...8).contains($0) })
      }
      let plain = try KFold(4, shuffle: true, seed: UInt64(seed)).folds(count: 90)
      #expect(plain.flatMap(\.test).sorted() == Array(0..<90))
    }
  }
}
