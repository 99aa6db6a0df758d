"""jupyter_kernel_test, the field's own test of kernels, with everything that Swift cells support."""

import jupyter_kernel_test
import pytest


@pytest.fixture(scope="module", autouse=True)
def installed(kernelspec):
    """The tests below are unittest classes, which take no fixtures of their own."""


# The library gives an idle status a tenth of a second, which a busy machine may take.
LIMIT = 90
jupyter_kernel_test.TIMEOUT = LIMIT


class Patient:
    """Runs the library's helper with a longer limit for every message that it waits for."""

    def execute_helper(self, code, timeout=LIMIT, **options):
        channel = self.kc.iopub_channel
        impatient = channel.get_msg
        channel.get_msg = lambda timeout=None: impatient(timeout=LIMIT)
        try:
            return super().execute_helper(code, timeout=LIMIT, **options)
        finally:
            del channel.get_msg


class TestConformance(Patient, jupyter_kernel_test.KernelTests):
    kernel_name = "swift"
    language_name = "swift"
    file_extension = ".swift"

    code_hello_world = 'print("hello, world")'
    code_stderr = 'import Foundation\nFileHandle.standardError.write(Data("oops\\n".utf8))'
    completion_samples = [
        {"text": "let greeting = \"hi\"; greeting.uppercas", "matches": {"uppercased"}},
        {"text": "readLin"},
    ]
    complete_code_samples = [
        "let a = 1",
        'print("hello, world")',
        "func f(_ n: Int) -> Int {\n  n + 1\n}",
        "struct Point { var x = 0.0, y = 0.0 }",
        "",
    ]
    incomplete_code_samples = [
        "func f(_ n: Int) -> Int {",
        "let a = [1, 2,",
        'let text = """\nfirst line',
        "if true {\n  print(1)",
    ]
    invalid_code_samples = ["let = 5", "func f() { ) }"]
    code_page_something = "print?"
    code_generate_error = 'fatalError("on purpose")'
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "[1, 2, 3].reduce(0, +)", "result": "6"},
        {"code": "(1...4).map { $0 * $0 }", "result": "[1, 4, 9, 16]"},
    ]
    code_display_data = [
        {"code": "import Martlet\ndisplay(Tensor<Float>([1, 2]))", "mime": "text/html"},
        {"code": "display(Chart.bar([\"a\"], [1.0]))", "mime": "image/svg+xml"},
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "1?+ 1"
    code_inspect_sample = "print"
    code_clear_output = "import Martlet\nclearOutput()"


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "swift"
    support_iopub_welcome = True


# Collected from jupyter_kernel_test through the classes above.
del jupyter_kernel_test
