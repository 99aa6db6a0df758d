import Martlet
import Testing

@Suite("Widgets without a notebook")
struct WidgetTests {
  @Test("are plain objects whose observers are called")
  func observers() {
    let slider = IntSlider(value: 3, in: 0...10, description: "n")
    var seen: [Int] = []
    slider.observe { seen.append($0) }
    slider.value = 7
    slider.value = 7
    slider.value = -5
    slider.range = 2...4
    #expect(seen == [7, 0, 2])
    #expect(slider.description == "IntSlider(value: 2, min: 2, max: 4)")
    #expect(slider.label == "n")
    slider.close()
    slider.value = 4
    #expect(slider.value == 4)
  }

  @Test("move a first value into the range")
  func ranges() {
    #expect(IntSlider(value: 50, in: 0...10).value == 10)
    #expect(FloatSlider(value: .nan, in: 0...1).range == 0...1)
    #expect(FloatSlider(value: -1, in: 0.5...1).value == 0.5)
    #expect(IntProgress(value: 5).value == 5)
  }

  @Test("choose among texts")
  func dropdowns() {
    let list = Dropdown(["a", "b"], value: "b")
    var seen: [String] = []
    list.observe { seen.append($0) }
    list.value = "nothing"
    #expect(list.value == "b")
    list.index = 0
    list.options = ["x"]
    #expect(list.value == "x" && list.index == 0)
    list.options = []
    #expect(list.value == "" && list.index == nil)
    #expect(seen == ["a", ""])
  }

  @Test("run what an output captures")
  func outputs() throws {
    struct Failure: Error {}
    let output = Output()
    #expect(output.capture { 5 } == 5)
    #expect(throws: Failure.self) { try output.capture { throw Failure() } }
    output.clear()
  }

  @Test("give a view and a text")
  func bundle() throws {
    let box = HBox(Label("x"), Checkbox(value: true))
    #expect(box.displayBundle["text/plain"] == #"HBox(Label(value: "x"), Checkbox(value: true))"#)
    let view = try #require(box.displayBundle["application/vnd.jupyter.widget-view+json"])
    guard case .text(let text) = view else { return #expect(Bool(false)) }
    let fields = try #require(JSONValue(json: text))
    #expect(fields["version_major"] == 2)
    #expect(fields["model_id"]?.string?.count == 32)
  }

  @Test("start sliders in the middle of their ranges")
  func middles() {
    #expect((1...9).makeControl().value == 5)
    #expect((Int.min...Int.max).makeControl().value == -1)
    #expect((0.0...1.0).makeControl().value == 0.5)
    #expect("text".makeControl().value == "text")
    #expect(true.makeControl().value)
    #expect(["p", "q"].makeControl().value == "p")
  }

  @Test("run the body of interact at once, and again after changes")
  func interactive() {
    let slider = IntSlider(value: 1, in: 0...10)
    var seen: [String] = []
    interact(slider, true, ["a", "b"]) { n, isOn, choice in seen.append("\(n) \(isOn) \(choice)") }
    slider.value = 2
    #expect(seen == ["1 true a", "2 true a"])
  }
}

@Suite("JSONValue")
struct JSONValueTests {
  @Test(
    "reads and writes every kind",
    arguments: [
      "null", "true", "[1,2.5,\"é\\n\"]", "{\"a\":{\"b\":[]},\"c\":-3}", "\"\\u0001\"", "1e+300",
    ])
  func roundTrip(text: String) throws {
    let value = try #require(JSONValue(json: text))
    #expect(JSONValue(json: value.description) == value)
  }

  @Test("has no infinities, and refuses what is no JSON")
  func limits() {
    #expect(JSONValue.double(.infinity).description == "null")
    #expect(JSONValue.array([.double(.nan), 1.5]).description == "[null,1.5]")
    #expect(JSONValue(json: "{\"a\":") == nil)
    #expect(JSONValue(json: "") == nil)
  }

  @Test("gives its parts, and nil for other kinds")
  func parts() {
    let value: JSONValue = ["n": 3, "x": 2.0, "s": "t", "l": [true, nil]]
    #expect(value["n"]?.int == 3 && value["n"]?.double == 3 && value["x"]?.int == 2)
    #expect(value["s"]?.string == "t" && value["s"]?.int == nil && value["none"] == nil)
    #expect(value["l"]?.array == [true, nil] && value.object?.count == 4)
  }
}
