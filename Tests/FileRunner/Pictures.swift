import Tensors

/// Does with pictures what Tests/python/test_pillow_parity.py asks for.
func answerPicture(_ words: [String]) throws -> String {
  let color: ImageColor =
    switch words.last {
    case "grey": .grey
    case "rgb": .rgb
    case "rgba": .rgba
    default: .unchanged
    }
  switch words[0] {
  case "picture":
    try NPY.write(try Image.read(words[1], color: color), to: words[2])
  case "picture16":
    try NPY.write(try Image.read(words[1], as: UInt16.self, color: color), to: words[2])
  case "upright":
    try NPY.write(try Image.read(words[1], upright: true), to: words[2])
  case "describePicture":
    let found = try Image.describe(words[1])
    return "\(found.format.rawValue) \(found.width) \(found.height) \(found.channels) \(found.bits)"
      + " \(found.isCMYK) \(found.orientation)"
  case "save":
    let quality = Int(words[3]) ?? 90
    if try NPY.describe(words[1]).dataType == .uint16 {
      try Image.write(try NPY.read(words[1], as: UInt16.self), to: words[2], quality: quality)
    } else {
      try Image.write(try NPY.read(words[1], as: UInt8.self), to: words[2], quality: quality)
    }
  case "resize":
    let picture = try NPY.read(words[1], as: UInt8.self)
    let resized = picture.resized(height: Int(words[3]) ?? 0, width: Int(words[4]) ?? 0)
    try NPY.write(resized, to: words[2])
  default: return "no request \(words[0])"
  }
  return "done"
}
