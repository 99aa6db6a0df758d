/// Ticks at round points in time, in UTC and the Gregorian calendar.
enum TimeTicks {
  /// Steps in seconds, up to days; longer ones go by the calendar.
  private static let seconds: [Double] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600,
    900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  ]
  private static let months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000]
  private static let names = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let day = 86_400.0
  /// The years that the calendar is good for; a chart of others has no ticks.
  private static let reach = 1e14

  /// About `wanted` ticks between two points in time.
  static func ticks(
    from low: Double, to high: Double, wanted: Int
  ) -> [(value: Double, label: String)] {
    guard low < high, abs(low) < reach, abs(high) < reach else { return [] }
    let rough = (high - low) / Double(max(wanted, 1))
    if let step = seconds.first(where: { $0 >= rough * 0.8 }) {
      // Weeks begin on Mondays; the first day of 1970 was a Thursday.
      let offset = step == 604_800 ? 4 * day : 0
      let first = ((low - offset) / step - 1e-9).rounded(.up)
      let last = ((high - offset) / step + 1e-9).rounded(.down)
      guard last >= first, last - first < 100 else { return [] }
      let values = (0...Int(last - first)).map { (first + Double($0)) * step + offset }
      return values.enumerated().map { ($1, label($1, step: step, isFirst: $0 == 0)) }
    }
    let step = months.first { Double($0) * 30.44 * day >= rough * 0.8 } ?? 12_000
    let (year, month, _) = date(low)
    var count = (year * 12 + month - 1 + step - 1) / step * step
    var ticks: [(value: Double, label: String)] = []
    while ticks.count < 100 {
      let (y, m) = (floored(count, 12), count - floored(count, 12) * 12)
      let value = Double(days(y, m + 1, 1)) * day
      if value > high { break }
      if value >= low {
        let isYear = step >= 12 || m == 0
        ticks.append((value, isYear ? "\(y)" : ticks.isEmpty ? "\(names[m]) \(y)" : names[m]))
      }
      count += step
    }
    return ticks
  }

  /// A tick's text: the time, and at midnight and first the day.
  private static func label(_ time: Double, step: Double, isFirst: Bool) -> String {
    let (year, month, dayOfMonth) = date(time)
    let isMidnight = (time / day).rounded(.down) * day == time
    if step >= day || isMidnight {
      let text = "\(dayOfMonth) \(names[month - 1])"
      return isFirst && step >= day ? text + " \(year)" : text
    }
    return clock(time, step: step)
  }

  private static func clock(_ time: Double, step: Double) -> String {
    let inDay = time - (time / day).rounded(.down) * day
    let whole = Int((inDay + (step < 1 ? 1e-6 : 0.5)).rounded(.down))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    var text = "\(two(whole / 3600)):\(two(whole / 60 % 60))"
    if step < 60 { text += ":\(two(whole % 60))" }
    if step < 1 {
      let decimals = step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
      text += NumberLabel.fixed(inDay - Double(whole), decimals: decimals).dropFirst()
    }
    return text
  }

  /// A point in time in full, as a category is called: the day, and the time unless it is midnight.
  static func text(_ time: Double) -> String {
    guard time.isFinite, abs(time) < reach else { return "" }
    let (year, month, dayOfMonth) = date(time)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = "\(year)-\(two(month))-\(two(dayOfMonth))"
    let inDay = time - (time / Self.day).rounded(.down) * Self.day
    if inDay == 0 { return day }
    return "\(day) \(clock(time, step: inDay == (inDay / 60).rounded() * 60 ? 60 : 1))"
  }

  // MARK: Calendar (Howard Hinnant, "chrono-compatible low-level date algorithms", 2013)

  private static func floored(_ number: Int, _ divisor: Int) -> Int {
    (number >= 0 ? number : number - divisor + 1) / divisor
  }

  /// Days since 1970 of a day; years begin in March here, so that leap days come last.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = floored(y, 400)
    let ofEra = y - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }

  /// The year, month and day of a point in time.
  private static func date(_ time: Double) -> (Int, Int, Int) {
    let z = Int((time / day).rounded(.down)) + 719_468
    let era = floored(z, 146_097)
    let ofEra = z - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * ofYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shifted + 2) / 5 + 1
    )
  }
}
