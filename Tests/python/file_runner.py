"""A program that does with files what a test asks for (Tests/FileRunner)."""

import subprocess
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / ".build/release/FileRunner"


class FileRunner:
    """Asks for one thing after the other; use it with `with`."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(10) == 0

    def answer(self, *words):
        """The answer to a request, or the error."""
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n")
        assert answer, "the program stopped"
        return answer

    def ask(self, *words):
        """The answer to a request that has to succeed."""
        answer = self.answer(*words)
        assert not answer.startswith("error"), answer
        return answer
