public import Tensors

/// Returns each image cut out at a random place of itself with a border of zeros: moved by up to `padding` pixels.
///
/// ```swift
/// let loader = DataLoader(data, batchSize: 64, shuffle: true) { batch, random in
///   (randomCrop(batch.inputs, padding: 1, using: &random), batch.labels)
/// }
/// ```
///
/// - Parameters:
///   - images: Shape `[n, ..., height, width]`.
///   - padding: Rows and columns of zeros on each side.
///   - random: Where the places come from.
/// - Returns: The shape of `images`.
/// - Precondition: There are three axes or more, and the padding is not negative.
public func randomCrop<Scalar: NumericTensorScalar>(
  _ images: Tensor<Scalar>, padding: Int, using random: inout RandomGenerator
) -> Tensor<Scalar> {
  require(
    images.rank >= 3 && padding >= 0,
    "randomCrop: shape \(images.shape), padding \(padding); images need three axes, [n, ..., height, width], "
      + "and padding must be 0 or more")
  let (height, width) = (images.shape[images.rank - 2], images.shape[images.rank - 1])
  var shape = images.shape
  shape[images.rank - 2] += 2 * padding
  shape[images.rank - 1] += 2 * padding
  var padded = Tensor<Scalar>.zeros(shape: shape)
  padded[..., padding..<(padding + height), padding..<(padding + width)] = images
  var result = images
  let places: Tensor<Int> = random.integers(shape: [images.shape[0], 2], in: 0..<(2 * padding + 1))
  for (image, place) in zip(0..., places.scalars.chunked(by: 2)) {
    let (y, x) = (place[place.startIndex], place[place.startIndex + 1])
    result[image] = padded[image][..., y..<(y + height), x..<(x + width)]
  }
  return result
}

/// Returns the images, some of them turned over from left to right.
///
/// - Parameters:
///   - images: Shape `[n, ..., width]`.
///   - probability: Of an image to be turned.
///   - random: Which ones are.
/// - Returns: The shape of `images`.
/// - Precondition: There are two axes or more, and the probability is from 0 to 1.
public func randomHorizontalFlip<Scalar: NumericTensorScalar>(
  _ images: Tensor<Scalar>, probability: Double = 0.5, using random: inout RandomGenerator
) -> Tensor<Scalar> {
  require(
    images.rank >= 2 && (0...1).contains(probability),
    "randomHorizontalFlip: shape \(images.shape), probability \(probability); images need two axes, "
      + "[n, ..., width], and the probability must be from 0 to 1")
  let draws: Tensor<Double> = random.uniform(shape: [images.shape[0]])
  var isTurned = [Int](repeating: 1, count: images.rank)
  isTurned[0] = images.shape[0]
  return select(
    (draws .< probability).reshaped(to: isTurned), images.flipped(axes: [images.rank - 1]), images)
}

extension Array {
  fileprivate func chunked(by length: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
  }
}
