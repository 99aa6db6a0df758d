"""Comms and widgets, with a client in the place of the browser."""

import itertools

import pytest

from comms import Frontend, opened, updates
from session import LIMIT

numbers = itertools.count(1)
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def cells(shared_kernel):
    """A kernel whose session has imported the library."""
    shared_kernel.ok("import Martlet")
    return shared_kernel


@pytest.fixture
def frontend(cells):
    return Frontend(cells)


@pytest.fixture
def name():
    """A name that no other test of the shared kernel uses."""
    return f"w{next(numbers)}"


def make(cells, name, source, model):
    """Makes a widget in a cell and gives its comm's identifier."""
    return opened(cells.ok(f"let {name} = {source}"), model)[0]["comm_id"]


# MARK: Comms


def test_swift_opens_a_comm_sends_over_it_and_closes_it(cells, frontend, name):
    result = cells.ok(
        f'let {name} = Comm(target: "{name}", data: ["n": 1], metadata: ["version": "1"], '
        f'buffers: [[0, 1, 255]])\n{name}.send(["x": [1.5, .null, "é"]], buffers: [[], [7]])\n'
        f'print("after")'
    )
    opening, sending, text = [
        m for m in result.messages if m["msg_type"] in ("comm_open", "comm_msg", "stream")
    ]
    identifier = opening["content"]["comm_id"]
    assert opening["content"] == {
        "comm_id": identifier, "target_name": name, "data": {"n": 1},
    }
    assert opening["metadata"] == {"version": "1"}
    assert [bytes(b) for b in opening["buffers"]] == [b"\0\1\xff"]
    assert sending["content"] == {"comm_id": identifier, "data": {"x": [1.5, None, "é"]}}
    assert [bytes(b) for b in sending["buffers"]] == [b"", b"\7"]
    assert text["content"]["text"] == "after\n"
    assert frontend.comms(target_name=name) == {identifier: {"target_name": name}}

    closing = cells.ok(f'{name}.close(["why": "done"])\n{name}.close()\n{name}.send([:])')
    assert closing.contents("comm_close") == [{"comm_id": identifier, "data": {"why": "done"}}]
    assert closing.contents("comm_msg") == []
    assert frontend.comms(target_name=name) == {}


def test_the_frontend_opens_a_comm_and_its_messages_reach_the_callback(cells, frontend, name):
    cells.ok(
        f'Comm.register(target: "{name}") {{ comm, message in\n'
        '  print("opened", message.data["n"]?.int ?? 0)\n'
        '  comm.onMessage { m in\n'
        '    print("got", m.data)\n'
        '    comm.send(m.data, metadata: ["m": 1], buffers: m.buffers.reversed())\n'
        '  }\n'
        '  comm.onClose { m in print("closed", m.data) }\n'
        '}'
    )
    assert frontend.open(name, "f1", {"n": 5}).stream() == "opened 5\n"
    assert frontend.comms(target_name=name) == {"f1": {"target_name": name}}
    result = frontend.message("f1", {"a": [True, 2]}, buffers=[b"one", b"\0two"])
    # Whatever the callback does has the frontend's message as its parent.
    assert result.stream() == 'got {"a":[true,2]}\n'
    answer = [m for m in result.messages if m["msg_type"] == "comm_msg"][0]
    assert answer["content"] == {"comm_id": "f1", "data": {"a": [True, 2]}}
    assert [bytes(b) for b in answer["buffers"]] == [b"\0two", b"one"]
    result = frontend.call("comm_close", {"comm_id": "f1", "data": {"bye": 1}})
    assert result.stream() == 'closed {"bye":1}\n'
    assert frontend.comms(target_name=name) == {}
    # Messages that come too late are nobody's.
    assert frontend.message("f1", {}).stream() == ""


def test_an_unknown_target_is_closed_and_an_unregistered_one_too(cells, frontend, name):
    assert frontend.open("nobody", "u1").contents("comm_close")[0]["comm_id"] == "u1"
    cells.ok(f'Comm.register(target: "{name}") {{ _, _ in }}')
    assert frontend.open(name, "u2").contents("comm_close") == []
    cells.ok(f'Comm.unregister(target: "{name}")')
    assert frontend.open(name, "u3").contents("comm_close")[0]["comm_id"] == "u3"
    frontend.call("comm_close", {"comm_id": "u2", "data": {}})
    assert frontend.comms(target_name=name) == {}


def test_odd_comm_messages_do_no_harm(cells, frontend):
    for content in ({}, {"comm_id": 1}, {"comm_id": "c", "data": "text"}, {"comm_id": "c"}):
        for kind in ("comm_open", "comm_msg", "comm_close"):
            frontend.call(kind, content)
    assert cells.ok("1 + 1").value == "2"


# MARK: Widgets


def test_a_widget_opens_its_model_and_shows_its_view(cells, name):
    result = cells.ok(
        f'let {name} = IntSlider(value: 7, in: 0...10, step: 2, description: "n")\n{name}'
    )
    opening = [m for m in result.messages if m["msg_type"] == "comm_open"][0]
    assert opening["metadata"] == {"version": "2.1.0"}
    assert opening["content"]["target_name"] == "jupyter.widget"
    data = opening["content"]["data"]
    assert data["buffer_paths"] == []
    expected = {
        "_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0",
        "_model_name": "IntSliderModel", "_view_name": "IntSliderView", "value": 7, "min": 0,
        "max": 10, "step": 2, "description": "n",
    }
    assert data["state"].items() >= expected.items()
    shown = result.contents("execute_result")[0]["data"]
    assert shown[VIEW] == {
        "version_major": 2, "version_minor": 0, "model_id": opening["content"]["comm_id"],
    }
    assert shown["text/plain"] == "IntSlider(value: 7, min: 0, max: 10)"


def test_every_model_is_one_of_ipywidgets_with_a_state_that_it_knows(cells):
    """ipywidgets itself says which classes and which properties there are."""
    import ipywidgets

    models = {}
    classes = [ipywidgets.Widget]
    while classes:
        widget = classes.pop()
        classes += widget.__subclasses__()
        if hasattr(widget, "_model_name"):
            traits = widget.class_traits(sync=True)
            models.setdefault(traits["_model_name"].default_value, traits)
    result = cells.ok(
        "let everyWidget: [Widget] = [IntSlider(), FloatSlider(), IntProgress(), FloatProgress(), "
        'Checkbox(), Text(), Label("l"), HTML("<b>"), Dropdown(["a"]), Button("b"), Output(), '
        'HBox(Label("x")), VBox()]\nfor widget in everyWidget { widget.layout.width = "50%" }\n'
        "for case let control as ControlWidget in everyWidget {\n"
        '  control.style.descriptionWidth = "initial"\n  control.tooltip = "t"\n}'
    )
    opened_models = opened(result)
    assert len(opened_models) == 13 + 1 + 13 + 10
    for opening in opened_models:
        state = opening["data"]["state"]
        traits = models[state["_model_name"]]
        unknown = set(state) - set(traits)
        assert not unknown, f"{state['_model_name']} has no {unknown}"
        for key in state:
            if key.startswith("_") and key != "_options_labels":
                assert state[key] == traits[key].default_value, (state["_model_name"], key)
    cells.ok("everyWidget.forEach { $0.close() }")


def test_setting_a_property_sends_an_update_and_moves_into_the_range(cells, name):
    identifier = make(cells, name, "IntSlider(value: 3, in: 0...10)", "IntSliderModel")
    result = cells.ok(f"{name}.value = 8\n{name}.value = 8\n{name}.value = 99")
    assert updates(result, identifier) == [{"value": 8}, {"value": 10}]
    result = cells.ok(f"{name}.range = 0...5\n{name}.value")
    assert updates(result, identifier) == [{"max": 5, "value": 5}]
    assert result.value == "5"


def test_what_the_user_does_is_echoed_and_reaches_observers(cells, frontend, name):
    identifier = make(cells, name, "IntSlider(value: 3, in: 0...10)", "IntSliderModel")
    cells.ok(f'{name}.observe {{ value in print("now", value) }}')
    result = frontend.update(identifier, value=6)
    assert updates(result, identifier, "echo_update") == [{"value": 6}]
    assert updates(result, identifier) == []
    assert result.stream() == "now 6\n"
    assert cells.ok(f"{name}.value").value == "6"
    # The same value again is no change.
    assert frontend.update(identifier, value=6).stream() == ""
    assert cells.ok(f"{name}.value = 2").stream() == "now 2\n"


def test_a_connecting_frontend_gets_all_states(cells, frontend, name):
    identifier = make(cells, name, "FloatSlider(value: 0.25)", "FloatSliderModel")
    result = frontend.message(identifier, {"method": "request_state"})
    assert updates(result, identifier)[0]["value"] == 0.25
    assert frontend.open("jupyter.widget.control", "control").contents("comm_close") == []
    answer = frontend.message("control", {"method": "request_states"}).contents("comm_msg")[0]
    assert answer["comm_id"] == "control"
    assert answer["data"]["method"] == "update_states"
    model = answer["data"]["states"][identifier]
    assert (model["model_name"], model["model_module"]) == (
        "FloatSliderModel", "@jupyter-widgets/controls",
    )
    assert model["state"]["value"] == 0.25
    assert set(answer["data"]["states"]) <= set(frontend.comms(target_name="jupyter.widget"))
    closed = cells.ok(f"{name}.close()")
    assert closed.contents("comm_close")[0]["comm_id"] == identifier
    answer = frontend.message("control", {"method": "request_states"}).contents("comm_msg")[0]
    assert identifier not in answer["data"]["states"]


def test_buttons_lists_boxes_and_fields(cells, frontend, name):
    button = make(cells, name, 'Button("Go", style: .success)', "ButtonModel")
    cells.ok(f'var {name}Clicks = 0\n{name}.onClick {{ {name}Clicks += 1 }}')
    for _ in range(3):
        frontend.message(button, {"method": "custom", "content": {"event": "click"}})
    assert cells.ok(f"{name}Clicks").value == "3"

    choice = make(cells, f"{name}d", 'Dropdown(["sgd", "adam"], value: "adam")', "DropdownModel")
    assert cells.ok(f"{name}d.value").value == '"adam"'
    frontend.update(choice, index=0)
    assert cells.ok(f"{name}d.value").value == '"sgd"'
    assert updates(cells.ok(f'{name}d.options = ["a", "b", "sgd"]'), choice) == [
        {"_options_labels": ["a", "b", "sgd"], "index": 2}
    ]

    field = make(cells, f"{name}t", 'Text(value: "a")', "TextModel")
    cells.ok(f'{name}t.onSubmit {{ print("submitted", $0) }}')
    frontend.update(field, value='b"é')
    result = frontend.message(field, {"method": "custom", "content": {"event": "submit"}})
    assert result.stream() == 'submitted b"é\n'

    tick = make(cells, f"{name}c", "Checkbox()", "CheckboxModel")
    frontend.update(tick, value=True)
    assert cells.ok(f"{name}c.value").value == "true"

    result = cells.ok(f"let {name}b = VBox({name}, HBox({name}d, {name}t))")
    inner, outer = [c["data"]["state"] for c in opened(result)]
    assert inner["children"] == [f"IPY_MODEL_{choice}", f"IPY_MODEL_{field}"]
    assert outer["children"][0] == f"IPY_MODEL_{button}"


# MARK: Failures in callbacks


def test_a_trap_in_a_callback_keeps_the_session_and_the_widget(cells, frontend, name):
    identifier = make(cells, name, "IntSlider(value: 3, in: 0...10)", "IntSliderModel")
    cells.ok(
        f"let {name}Values = [10, 20, 30, 40]\n"
        f"{name}.observe {{ place in\n  print({name}Values[place])\n}}"
    )
    result = frontend.update(identifier, value=9)
    assert "out of range" in result.error["evalue"], result.error
    assert f"print({name}Values[place])" in result.trace
    assert frontend.update(identifier, value=2).stream() == "30\n"
    assert cells.ok(f"{name}Values.count + {name}.value").value == "6"


def test_an_error_thrown_in_a_callback_is_shown(cells, frontend, name):
    button = make(cells, name, 'Button("x")', "ButtonModel")
    cells.ok(
        f"struct Wrong{name}: Error {{ var n = 5 }}\n"
        f"{name}.onClick {{ throw Wrong{name}() }}"
    )
    click = {"method": "custom", "content": {"event": "click"}}
    for _ in range(2):
        result = frontend.message(button, click)
        assert result.error["ename"] == f"Wrong{name}"
        assert "n: 5" in result.error["evalue"]
    assert cells.ok("1").value == "1"


def test_an_endless_callback_can_be_interrupted(cells, frontend, name):
    button = make(cells, name, 'Button("x")', "ButtonModel")
    cells.ok(
        f'{name}.onClick {{ print("started"); var n = 0; while true {{ n &+= 1 }} }}'
    )
    message = frontend.send(
        "comm_msg",
        {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}},
    )
    while True:  # The interrupt must not come before the callback runs.
        sent = cells.client.get_iopub_msg(timeout=LIMIT)
        if sent["parent_header"].get("msg_id") == message and sent["msg_type"] == "stream":
            break
    cells.manager.interrupt_kernel()
    assert frontend.collect(message).error["ename"] == "KeyboardInterrupt"
    assert cells.ok(f"{name}.label").value == '"x"'


def test_comms_are_closed_when_their_process_ends(start_kernel):
    kernel = start_kernel()
    frontend = Frontend(kernel)
    result = kernel.ok("import Martlet\nlet slider = IntSlider()\nslider")
    identifier = opened(result)[0]["comm_id"]
    assert identifier in frontend.comms()
    result = kernel.fails("import Glibc\nkill(getpid(), SIGKILL)")
    assert [c["comm_id"] for c in result.contents("comm_close")] == [identifier]
    assert frontend.comms() == {}
    frontend.update(identifier, value=3)
    result = kernel.ok("import Martlet\nlet slider = IntSlider()\nslider.value = 4\nslider.value")
    assert result.value == "4"


def test_a_task_that_outlives_its_cell_sets_widgets_and_prints(start_kernel):
    kernel = start_kernel()
    result = kernel.ok("import Martlet\nlet slider = IntSlider()\nlet go = Button()")
    identifier = opened(result, "IntSliderModel")[0]["comm_id"]
    message = kernel.send(
        "Task.detached {\n  try await Task.sleep(for: .seconds(1))\n  slider.value = 42\n"
        '  print("late")\n  slider.value = 43\n}\nprint("ended")'
    )
    kernel.collect(message)
    seen = []
    while {"value": 43} not in seen or "late\n" not in seen:
        sent = kernel.client.get_iopub_msg(timeout=LIMIT)
        if sent["parent_header"].get("msg_id") != message:
            continue
        if sent["msg_type"] == "comm_msg":
            assert sent["content"]["comm_id"] == identifier
            seen.append(sent["content"]["data"]["state"])
        if sent["msg_type"] == "stream":
            seen.append(sent["content"]["text"])
    assert seen == [{"value": 42}, "late\n", {"value": 43}]
    assert kernel.ok("slider.value").value == "43"


# MARK: While a cell runs


@pytest.fixture
def busy(start_kernel):
    """A kernel with widgets, and a subshell, on which frontends send comm messages."""
    kernel = start_kernel()
    kernel.ok("import Martlet")
    return kernel, kernel.ask_control("create_subshell_request")["subshell_id"]


def click():
    return {"method": "custom", "content": {"event": "click"}}


def test_a_running_cell_sees_what_the_user_does(busy):
    kernel, subshell = busy
    frontend = Frontend(kernel)
    result = kernel.ok('let slider = IntSlider()\nlet stop = Button("Stop")')
    slider = opened(result, "IntSliderModel")[0]["comm_id"]
    stop = opened(result, "ButtonModel")[0]["comm_id"]
    cell = kernel.send(
        'print("running")\nvar seen: [Int] = []\nwhile stop.clickCount == 0 {\n'
        "  if seen.last != slider.value { seen.append(slider.value) }\n}\nseen + [slider.value]"
    )
    kernel.await_output("running")

    def message(comm_id, data):
        sent = kernel.post("comm_msg", {"comm_id": comm_id, "data": data}, subshell=subshell)
        return frontend.collect(sent)

    # Each is over, echo and idle, while the cell runs: the next frontend's change may come.
    for value in (3, 4):
        update = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        assert updates(message(slider, update), slider, "echo_update") == [{"value": value}]
    state = updates(message(slider, {"method": "request_state"}), slider)[0]
    assert state["value"] == 4
    message(stop, click())
    result = kernel.collect(cell)
    assert result.status == "ok"
    assert result.value.endswith("4]") and result.value.startswith("[0")


def test_observers_hear_after_the_cell_of_what_changed_during_it(busy):
    kernel, subshell = busy
    frontend = Frontend(kernel)
    result = kernel.ok(
        'let slider = IntSlider()\nslider.observe { print("heard", $0) }\n'
        'let press = Button()\npress.onClick { print("pressed", press.clickCount) }'
    )
    slider = opened(result, "IntSliderModel")[0]["comm_id"]
    press = opened(result, "ButtonModel")[0]["comm_id"]
    cell = kernel.send(
        'print("running")\nwhile slider.value == 0 || press.clickCount == 0 {}\nprint("over")'
    )
    kernel.await_output("running")
    other = kernel.ask_control("create_subshell_request")["subshell_id"]
    update = {"method": "update", "state": {"value": 7}, "buffer_paths": []}
    moved = kernel.post("comm_msg", {"comm_id": slider, "data": update}, subshell=subshell)
    pressed = kernel.post("comm_msg", {"comm_id": press, "data": click()}, subshell=other)
    # The messages of three parents come mixed: gather them all.
    streams = {cell: "", moved: "", pressed: ""}
    idle = set()
    while len(idle) < 3:
        sent = kernel.client.get_iopub_msg(timeout=LIMIT)
        parent = sent["parent_header"].get("msg_id")
        if sent["msg_type"] == "stream":
            streams[parent] += sent["content"]["text"]
            # Observers and cells never run at once.
            assert parent == cell or "over" in streams[cell]
        if parent in streams and sent["content"].get("execution_state") == "idle":
            idle.add(parent)
    assert streams[moved] == "heard 7\n"
    assert streams[pressed] == "pressed 1\n"
    assert kernel.ok("press.clickCount").value == "1"
    frontend.message(press, click())
    assert kernel.ok("press.clickCount").value == "2"


# MARK: Output and interact


def test_an_output_captures_by_the_identifier_of_the_message(cells, frontend, name):
    output = make(cells, name, "Output()", "OutputModel")
    message = cells.send(
        f'print("before")\n{name}.capture {{ print("inside"); display("shown") }}\nprint("after")'
    )
    result = cells.collect(message)
    order = []
    for sent in result.messages:
        if sent["msg_type"] == "comm_msg":
            order.append(sent["content"]["data"]["state"]["msg_id"])
        elif sent["msg_type"] == "stream":
            order.append(sent["content"]["text"])
        elif sent["msg_type"] == "display_data":
            order.append(sent["content"]["data"]["text/plain"])
    assert order == ["before\n", message, "inside\n", '"shown"', "", "after\n"]
    # The frontend tells what it shows; that is kept, and not echoed.
    shown = [{"output_type": "stream", "name": "stdout", "text": "inside\n"}]
    assert updates(frontend.update(output, outputs=shown), output, "echo_update") == []
    state = updates(frontend.message(output, {"method": "request_state"}), output)[0]
    assert state["outputs"] == shown


def test_interact_runs_the_body_with_every_new_value(cells, frontend):
    result = cells.ok(
        'interact(1...9, 0.0...1.0, true, ["a", "b"]) { n, x, isOn, choice in\n'
        '  print(n, x, isOn, choice)\n}'
    )
    assert result.stream() == "5 0.5 true a\n"
    view = result.contents("display_data")[0]["data"][VIEW]["model_id"]
    boxes = opened(result, "VBoxModel")
    assert [b["comm_id"] for b in boxes] == [view]
    models = [
        "IntSliderModel", "FloatSliderModel", "CheckboxModel", "DropdownModel", "OutputModel",
    ]
    parts = [opened(result, model)[0]["comm_id"] for model in models]
    assert boxes[0]["data"]["state"]["children"] == [f"IPY_MODEL_{part}" for part in parts]
    result = frontend.update(parts[0], value=2)
    assert result.stream() == "2 0.5 true a\n"
    kinds = [m["msg_type"] for m in result.messages]
    assert kinds.index("clear_output") < kinds.index("stream")
    assert result.contents("clear_output") == [{"wait": True}]
    message_id = result.messages[0]["parent_header"]["msg_id"]
    assert updates(result, parts[4]) == [{"msg_id": message_id}, {"msg_id": ""}]
    frontend.update(parts[2], value=False)
    assert frontend.update(parts[3], index=1).stream() == "2 0.5 false b\n"


def test_interact_shows_what_the_body_returns_and_where_it_fails(cells, frontend):
    result = cells.ok("interact(0...4) { [1, 2, 3][$0] * 10 }")
    texts = [c["data"]["text/plain"] for c in result.contents("display_data")]
    assert texts[1] == "30"
    slider = opened(result, "IntSliderModel")[0]["comm_id"]
    output = opened(result, "OutputModel")[0]["comm_id"]
    failed = frontend.update(slider, value=4)
    assert "out of range" in failed.error["evalue"]
    # The identifier stays set, so the frontend shows the error in the output.
    message_id = failed.messages[0]["parent_header"]["msg_id"]
    assert updates(failed, output) == [{"msg_id": message_id}]
    fine = frontend.update(slider, value=1)
    assert [c["data"]["text/plain"] for c in fine.contents("display_data")] == ["20"]


def test_interact_takes_widgets_and_texts(cells, frontend):
    result = cells.ok(
        'let rate = FloatSlider(value: 0.5, description: "rate")\n'
        'interact(rate, "name") { print($0, $1) }'
    )
    assert result.stream() == "0.5 name\n"
    field = opened(result, "TextModel")[0]["comm_id"]
    assert frontend.update(field, value="other").stream() == "0.5 other\n"
    slider = opened(result, "FloatSliderModel")[0]["comm_id"]
    assert frontend.update(slider, value=1).stream() == "1.0 other\n"
