import Processes
import Testing

@Suite("Patience")
struct PatienceTests {
  private typealias Observation = Patience.Observation

  @Test("waits on for a process that works slowly, up to a multiple of the limit")
  func slow() {
    var patience = Patience(
      limit: .seconds(2), observation: Observation(processorTime: .seconds(7), isResting: false))
    for second in 1...11 {
      let observation = Observation(
        processorTime: .seconds(7) + .milliseconds(100 * second), isResting: true)
      let answer1 = patience.isExhausted(after: .seconds(second), observation)
      #expect(!answer1)
    }
    let last = Observation(processorTime: .milliseconds(8_200), isResting: true)
    let answer2 = patience.isExhausted(after: .seconds(2 * Patience.stretch), last)
    #expect(answer2)
  }

  @Test("waits on for a process that wants a processor and gets none")
  func starved() {
    let observation = Observation(processorTime: .zero, isResting: false)
    var patience = Patience(limit: .seconds(2), observation: observation)
    let answer3 = patience.isExhausted(after: .seconds(3), observation)
    #expect(!answer3)
    let answer4 = patience.isExhausted(after: .seconds(11), observation)
    #expect(!answer4)
  }

  @Test("gives up a process that computes too long")
  func endless() {
    var patience = Patience(
      limit: .seconds(2), observation: Observation(processorTime: .seconds(1), isResting: false))
    let early = Observation(processorTime: .milliseconds(2_900), isResting: false)
    let answer5 = patience.isExhausted(after: .seconds(2), early)
    #expect(!answer5)
    let late = Observation(processorTime: .seconds(3), isResting: false)
    let answer6 = patience.isExhausted(after: .milliseconds(2_100), late)
    #expect(answer6)
  }

  @Test("gives up a process that rests for the limit, and one that is gone")
  func resting() {
    let observation = Observation(processorTime: .seconds(1), isResting: true)
    var patience = Patience(limit: .seconds(2), observation: observation)
    let answer7 = patience.isExhausted(after: .milliseconds(1_900), observation)
    #expect(!answer7)
    let answer8 = patience.isExhausted(after: .seconds(2), observation)
    #expect(answer8)
    var other = Patience(limit: .seconds(2), observation: nil)
    let answer9 = other.isExhausted(after: .seconds(1), nil)
    #expect(!answer9)
    let answer10 = other.isExhausted(after: .seconds(2), nil)
    #expect(answer10)
  }
}
