"""Interrupts in the middle of what works on several threads or behind locks: what comes next works."""


def test_interrupted_kernels_leave_the_pool_working(kernel):
    kernel.ok(
        "import Martlet\nlet x = Tensor<Float>.ones(shape: [2_000_000])\n"
        "let expected = exp(x).sum().item()"
    )
    for _ in range(6):
        # The toolchain's loop-invariant code motion would never end with this loop.
        result, _ = kernel.interrupt_during(
            'print("on")\nwhile true { _ = exp(x).sorted() + x }', when="stream"
        )
        assert result.error["ename"] == "KeyboardInterrupt"
        check = kernel.ok("exp(x).sum().item() == expected && (x + x).max().item() == 2")
        assert check.value == "true"


def test_interrupted_chains_leave_their_operands_and_the_next_chains(kernel):
    kernel.ok(
        "import Martlet\nlet x = Tensor<Float>.ones(shape: [30_000_000])\n"
        "let putOff = tanh(exp(x)) * x + x\nlet expected = (exp(x) + x).max().item()"
    )
    for _ in range(6):
        result, _ = kernel.interrupt_during(
            'print("on")\nwhile true { _ = (tanh(exp(x)) * x + putOff).max() }', when="stream"
        )
        assert result.error["ename"] == "KeyboardInterrupt"
        assert kernel.ok("(exp(x) + x).max().item() == expected").value == "true"
    assert kernel.ok("putOff.max().item() == (tanh(exp(x)) * x + x).max().item()").value == "true"


def test_an_interrupted_training_goes_on(kernel):
    # Nearly all of the time goes into the optimizer, which works behind a lock; no cell's code runs for long.
    kernel.ok(
        "import Martlet\n"
        "let model = Embedding(400_000, 32)\n"
        "let optimizer = Adam(model, learningRate: 1e-3)\n"
        "let data = TensorDataset<Float, Int32>(.ones(shape: [64, 1]), .ones(shape: [64]))\n"
        "let loader = DataLoader(data, batchSize: 1)\n"
        "let trainer = Trainer<Embedding, TensorDataset<Float, Int32>>(model, optimizer) { model, batch in\n"
        "  model(batch.labels).mean()\n"
        "}"
    )
    for _ in range(6):
        result, _ = kernel.interrupt_during(
            'print("on")\n_ = try trainer.fit(loader, epochs: 1000)', when="stream"
        )
        assert result.error["ename"] == "KeyboardInterrupt"
        kernel.ok("optimizer.learningRate *= 0.9\n_ = try trainer.fit(loader, epochs: 1)", limit=120)


def test_a_mistake_in_an_update_leaves_the_parameter(kernel):
    kernel.ok("import Martlet\nlet weight = Parameter(Tensor<Float>([1, 2]))")
    result = kernel.run("weight.update { $0 = Tensor([1, 2, 3]) }")
    assert "a value of shape [3] for a parameter of shape [2]" in result.trace
    assert kernel.ok("weight.value.scalars").value == "[1.0, 2.0]"
