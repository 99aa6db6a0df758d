"""Interrupts in the middle of kernels that run on several threads: the next kernels work, on all threads."""


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
