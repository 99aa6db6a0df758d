import Martlet
import Testing

@Suite("Progress")
struct ProgressTests {
  @Test("gives every element, in order, also when the loop is left early")
  func elements() {
    #expect(Array(Progress([3, 1, 2], description: "x")) == [3, 1, 2])
    var seen: [Int] = []
    for number in Progress(AnySequence(0..<10)) {
      if number == 3 { break }
      seen.append(number)
    }
    #expect(seen == [0, 1, 2])
  }

  @Test("shows share, count, times and rate")
  func text() {
    var state = ProgressState(description: "epoch 3", total: 100)
    #expect(state.text == "epoch 3:   0% ░░░░░░░░░░░░░░░░░░░░ 0/100 [00:00]")
    state.done = 45
    state.elapsed = .seconds(90)
    #expect(state.text == "epoch 3:  45% █████████░░░░░░░░░░░ 45/100 [01:30<01:50, 2 s each]")
    state.done = 100
    state.hasEnded = true
    state.elapsed = .seconds(4000)
    #expect(state.text == "epoch 3: 100% ████████████████████ 100/100 [1:06:40, 40 s each]")
  }

  @Test("shows only the count where the total is unknown or was wrong")
  func unknownTotals() {
    var state = ProgressState(description: "", total: nil)
    state.done = 12_345
    state.elapsed = .seconds(10)
    #expect(state.text == "12,345 [00:10, 1230/s]" || state.text == "12,345 [00:10, 1240/s]")
    #expect(!state.html.contains("<progress"))
    state = ProgressState(description: "", total: 5)
    state.done = 6
    #expect(!state.text.contains("%") && !state.text.contains("/5"))
  }

  @Test("escapes its description")
  func escaping() {
    let html = ProgressState(description: "<b>&", total: 3).html
    #expect(html.contains("<span>&lt;b&gt;&amp;</span>"))
  }
}
