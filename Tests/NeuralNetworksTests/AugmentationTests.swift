import NeuralNetworks
import Tensors
import Testing

@Suite("Augmentations")
struct AugmentationTests {
  /// 40 images of 2 channels, 5 by 4, of numbers that are all different and not 0.
  private let images = Tensor<Float>((1...1600).map(Float.init)).reshaped(to: [40, 2, 5, 4])

  @Test("crops move each image as a whole by up to the padding, and fill with zeros")
  func crops() {
    var random = RandomGenerator(seed: 5)
    let found = randomCrop(images, padding: 2, using: &random)
    #expect(found.shape == images.shape)
    var places: Set<[Int]> = []
    for image in 0..<40 {
      let matches = (-2...2).flatMap { down in (-2...2).map { [down, $0] } }.filter { move in
        moved(images[image], down: move[0], right: move[1]) == found[image]
      }
      #expect(matches.count == 1)
      places.formUnion(matches)
    }
    // 40 draws of 25 places.
    #expect(places.count > 12)
  }

  private func moved(_ image: Tensor<Float>, down: Int, right: Int) -> Tensor<Float> {
    var result = Tensor<Float>.zeros(shape: image.shape)
    for y in 0..<5 where (0..<5).contains(y - down) {
      for x in 0..<4 where (0..<4).contains(x - right) {
        result[0..., y, x] = image[0..., y - down, x - right]
      }
    }
    return result
  }

  @Test("flips turn whole images over, as often as they should")
  func flips() {
    var random = RandomGenerator(seed: 6)
    let turned = images.flipped(axes: [3])
    let found = randomHorizontalFlip(images, probability: 0.3, using: &random)
    var count = 0
    for image in 0..<40 {
      let isTurned = found[image] == turned[image]
      #expect(isTurned || found[image] == images[image])
      count += isTurned ? 1 : 0
    }
    #expect((4...20).contains(count))
    #expect(randomHorizontalFlip(images, probability: 0, using: &random) == images)
    #expect(randomHorizontalFlip(images, probability: 1, using: &random) == turned)
  }

  @Test("one seed gives one result, whatever the scalars, axes and padding")
  func seeds() {
    func changed(_ seed: UInt64) -> Tensor<UInt8> {
      var random = RandomGenerator(seed: seed)
      let small = Tensor<UInt8>((0..<60).map(UInt8.init)).reshaped(to: [5, 3, 4])
      return randomHorizontalFlip(
        randomCrop(small, padding: 1, using: &random), using: &random)
    }
    #expect(changed(1) == changed(1))
    #expect(changed(1) != changed(2))
    var random = RandomGenerator(seed: 1)
    #expect(randomCrop(images, padding: 0, using: &random) == images)
    let none = Tensor<Float>.zeros(shape: [0, 5, 4])
    #expect(randomCrop(none, padding: 1, using: &random).shape == [0, 5, 4])
    #expect(randomHorizontalFlip(none, using: &random).shape == [0, 5, 4])
  }
}
