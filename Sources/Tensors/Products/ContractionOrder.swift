/// The pairs of positions to contract, one after the other; each pair leaves the list and its result goes to the end.
///
/// - SeeAlso: Pfeifer, Haegeman and Verstraete 2014, "Faster identification of optimal contraction sequences for tensor
///   networks", doi:10.1103/PhysRevE.90.033315, whose exhaustive search this is, over subsets.
func contractionOrder(
  _ terms: [[EinsumLabel]], output: Set<EinsumLabel>, lengths: [EinsumLabel: Int]
) -> [(Int, Int)] {
  if terms.count < 3 { return terms.count == 2 ? [(0, 1)] : [] }
  let network = ContractionNetwork(
    terms: terms.map(Set.init), output: output, lengths: lengths.mapValues(Double.init))
  return terms.count <= 10 ? network.cheapest() : network.greedy()
}

private struct ContractionNetwork {
  let terms: [Set<EinsumLabel>]
  let output: Set<EinsumLabel>
  let lengths: [EinsumLabel: Double]

  /// The multiplications of contracting two terms with these labels.
  func cost(_ a: Set<EinsumLabel>, _ b: Set<EinsumLabel>) -> Double { size(a.union(b)) }

  func size(_ labels: Set<EinsumLabel>) -> Double {
    labels.reduce(1) { $0 * (lengths[$1] ?? 1) }
  }

  /// The labels that the product of the terms in `subset`, a set of bits, still has.
  func labels(of subset: Int) -> Set<EinsumLabel> {
    var (inside, outside) = (Set<EinsumLabel>(), output)
    for (position, term) in terms.enumerated() {
      if subset >> position & 1 == 1 { inside.formUnion(term) } else { outside.formUnion(term) }
    }
    return inside.intersection(outside)
  }

  /// The best order, by the best way to split each subset in two.
  func cheapest() -> [(Int, Int)] {
    let all = (1 << terms.count) - 1
    let open = (0...all).map(labels)
    var best = [Double](repeating: 0, count: all + 1)
    var split = [Int](repeating: 0, count: all + 1)
    for subset in 1...all where subset & (subset - 1) != 0 {
      best[subset] = .infinity
      // Only parts that hold the lowest term: the other half of the splits mirrors these.
      let lowest = subset & -subset
      var part = (subset - 1) & subset
      while part > 0 {
        if part & lowest != 0 {
          let rest = subset ^ part
          let total = best[part] + best[rest] + cost(open[part], open[rest])
          if total < best[subset] { (best[subset], split[subset]) = (total, part) }
        }
        part = (part - 1) & subset
      }
    }
    var (order, places) = ([(Int, Int)](), terms.indices.map { 1 << $0 })
    func contract(_ subset: Int) {
      guard subset & (subset - 1) != 0 else { return }
      let (one, other) = (split[subset], subset ^ split[subset])
      contract(one)
      contract(other)
      guard let first = places.firstIndex(of: one), let second = places.firstIndex(of: other)
      else { return }
      order.append((first, second))
      places.remove(at: Swift.max(first, second))
      places.remove(at: Swift.min(first, second))
      places.append(subset)
    }
    contract(all)
    return order
  }

  /// The pair whose result grows least, again and again.
  func greedy() -> [(Int, Int)] {
    var (order, current) = ([(Int, Int)](), terms)
    while current.count > 1 {
      var (best, pair) = (Double.infinity, (0, 1))
      for i in current.indices {
        for j in current.indices where j > i {
          let growth = size(result(current, i, j)) - size(current[i]) - size(current[j])
          if growth < best { (best, pair) = (growth, (i, j)) }
        }
      }
      let joined = result(current, pair.0, pair.1)
      order.append(pair)
      current.remove(at: pair.1)
      current.remove(at: pair.0)
      current.append(joined)
    }
    return order
  }

  private func result(_ current: [Set<EinsumLabel>], _ i: Int, _ j: Int) -> Set<EinsumLabel> {
    var needed = output
    for (position, term) in current.enumerated() where position != i && position != j {
      needed.formUnion(term)
    }
    return current[i].union(current[j]).intersection(needed)
  }
}
