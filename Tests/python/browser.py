"""A headless Chromium, driven over the DevTools protocol; every wait has a limit."""

import base64
import json
import pathlib
import shutil
import subprocess
import time
import urllib.request

import websocket  # Comes with Jupyter's own server.

# Long enough for a busy machine; what is quick in fact never waits for it.
LIMIT = 120


def find():
    """The browser's program, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


def wait_for(condition, what, limit=LIMIT):
    """Asks until the answer is true, and gives it."""
    end = time.monotonic() + limit
    while not (answer := condition()):
        assert time.monotonic() < end, f"no {what() if callable(what) else what} in {limit} s"
        time.sleep(0.1)
    return answer


class Browser:
    """One browser with one page."""

    def __init__(self, folder: pathlib.Path):
        self.log = open(folder / "chromium.log", "w")
        profile = folder / "profile"
        self.process = subprocess.Popen(
            [
                find(), "--headless=new", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run",
                "--no-default-browser-check", "--force-device-scale-factor=1",
                "--remote-debugging-port=0", "--remote-allow-origins=*",
                "--window-size=1100,1800", f"--user-data-dir={profile}", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )
        self.socket = None
        self.count = 0
        try:
            ready = profile / "DevToolsActivePort"
            text = wait_for(
                lambda: ready.exists() and ready.read_text().count("\n") and ready.read_text(),
                "browser",
            )
            port = int(text.split()[0])
            pages = wait_for(lambda: self.pages(port), "page")
            self.socket = websocket.create_connection(
                pages[0]["webSocketDebuggerUrl"], timeout=LIMIT
            )
            self.call("Page.enable")
        except BaseException:
            self.close()
            raise

    @staticmethod
    def pages(port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=LIMIT) as answer:
            return [page for page in json.load(answer) if page["type"] == "page"]

    def call(self, method, **parameters):
        """Calls a method of the protocol and gives its result."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.count:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def open(self, url):
        self.call("Page.navigate", url=url)

    def run(self, script):
        """The value of a script in the page; promises are awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, f"{script}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def wait(self, script, limit=LIMIT):
        """Waits until a script's value is true, and gives it; the page may be loaded meanwhile."""
        def value():
            try:
                return self.run(script)
            except AssertionError as error:
                if "navigated or closed" not in str(error):
                    raise

        return wait_for(
            value,
            lambda: f"{script}; the page says: {self.run('document.body.innerText')!r}", limit,
        )

    def press(self, key, code, modifiers=0):
        """Presses a key, as the user does; 8 holds the shift key down."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key,
                windowsVirtualKeyCode=code, nativeVirtualKeyCode=code, modifiers=modifiers,
            )

    def click(self, x, y):
        """Clicks on a place, as the user does."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    def screenshot(self, path):
        """Writes what the page shows as a PNG file."""
        picture = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(picture["data"]))

    def close(self):
        if self.socket:
            self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
