/// The name of an axis in a formula: a letter, or a place in `...`.
enum EinsumLabel: Hashable {
  case letter(Character)
  /// An axis of `...`, counted from its end.
  case anonymous(Int)
}

/// A formula that was read and fits its operands.
struct EinsumFormula {
  /// A label for each axis of each operand.
  private(set) var inputs: [[EinsumLabel]] = []
  /// A label for each axis of the result.
  private(set) var output: [EinsumLabel] = []
  /// The length that each label means.
  private(set) var lengths: [EinsumLabel: Int] = [:]

  /// Reads `formula` for operands of `shapes`; stops the program if they do not fit.
  init(_ formula: String, shapes: [[Int]]) {
    let text = formula.filter { $0 != " " }
    let about = "einsum: formula \"\(formula)\" for shapes \(shapes)"
    let sides = Self.split(text, about)
    let groups = sides.inputs.split(separator: ",", omittingEmptySubsequences: false)
    require(
      groups.count == shapes.count && !shapes.isEmpty,
      "\(about): \(groups.count) groups of letters for \(shapes.count) operands; each needs one")
    var widest = 0
    for (group, shape) in zip(groups, shapes) {
      let parts = Self.parts(group, about)
      let named = parts.before.count + parts.after.count
      require(
        parts.hasEllipsis ? named <= shape.count : named == shape.count,
        "\(about): group \"\(group)\" has \(named) letters, its operand \(shape.count) axes; "
          + "without ... there must be a letter for each axis")
      let free = shape.count - named
      widest = Swift.max(widest, free)
      inputs.append(
        parts.before.map(EinsumLabel.letter) + (0..<free).map { .anonymous(free - 1 - $0) }
          + parts.after.map(EinsumLabel.letter))
    }
    for (labels, shape) in zip(inputs, shapes) {
      for (label, length) in zip(labels, shape) {
        let known = lengths[label] ?? 1
        require(
          known == length || known == 1 || length == 1,
          "\(about): \(label.description) means length \(known) and \(length); it must mean one length, or 1"
        )
        if known == 1 { lengths[label] = length }
      }
      // A diagonal of 1 and n cannot broadcast.
      for (position, label) in labels.enumerated() {
        if let first = labels.firstIndex(of: label) {
          require(
            shape[first] == shape[position],
            "\(about): \(label.description) means length \(shape[first]) and \(shape[position]) of one operand; "
              + "a diagonal needs equal lengths")
        }
      }
    }
    let anonymous = (0..<widest).reversed().map { EinsumLabel.anonymous($0) }
    guard let right = sides.output else {
      output = anonymous + Self.once(inputs)
      return
    }
    let parts = Self.parts(right, about)
    require(
      parts.hasEllipsis || widest == 0,
      "\(about): the operands' ... has \(widest) axes and the result none; write ... after -> too")
    output = parts.before.map(EinsumLabel.letter) + (parts.hasEllipsis ? anonymous : [])
    output += parts.after.map(EinsumLabel.letter)
    require(
      Set(output).count == output.count,
      "\(about): a letter stands twice after ->; once is the most")
    for label in output {
      require(
        lengths[label] != nil,
        "\(about): \(label.description) stands after -> only; an operand must have it")
    }
  }

  private static func split(_ text: String, _ about: String) -> (
    inputs: Substring, output: Substring?
  ) {
    guard let dash = text.firstIndex(of: "-") else {
      require(!text.contains(">"), "\(about): > without -; the arrow is ->")
      return (text[...], nil)
    }
    let tip = text.index(after: dash)
    require(
      tip < text.endIndex && text[tip] == ">", "\(about): - is not followed by >; the arrow is ->")
    let right = text[text.index(after: tip)...]
    require(
      !right.contains("-") && !right.contains(">") && !right.contains(","),
      "\(about): the part after -> must be one group of letters")
    return (text[..<dash], right)
  }

  private static func parts(_ group: Substring, _ about: String) -> (
    before: [Character], after: [Character], hasEllipsis: Bool
  ) {
    var (before, after, dots) = ([Character](), [Character](), 0)
    for (position, character) in group.enumerated() {
      if character == "." {
        dots += 1
        require(
          dots == 1 || Array(group)[position - 1] == ".",
          "\(about): dots in \"\(group)\" are apart; ... may stand once")
        continue
      }
      require(
        character.isASCII && character.isLetter,
        "\(about): \"\(character)\" in \"\(group)\"; only letters and ... may stand there")
      if dots == 0 { before.append(character) } else { after.append(character) }
    }
    require(dots == 0 || dots == 3, "\(about): \(dots) dots in \"\(group)\"; ... has three")
    return (before, after, dots == 3)
  }

  /// The letters that occur once, sorted.
  private static func once(_ inputs: [[EinsumLabel]]) -> [EinsumLabel] {
    var counts: [Character: Int] = [:]
    for case .letter(let letter) in inputs.joined() { counts[letter, default: 0] += 1 }
    return counts.filter { $0.value == 1 }.keys.sorted().map { .letter($0) }
  }
}

extension EinsumLabel: CustomStringConvertible {
  var description: String {
    switch self {
    case .letter(let letter): "letter \(letter)"
    case .anonymous(let place): "axis \(-place - 1) of ..."
    }
  }
}
