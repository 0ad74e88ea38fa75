"""A customer's telephone: Chromium, pressed and typed into as a person does."""

import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

from .. import environment, paths
from .clients import Refused

TIMEOUT = 20
PAUSE = 0.1

#: Where an element is that can be pressed, or what is in the way.
PLACE = """(() => {
    const element = document.querySelector(%s);
    if (!element) return "is not there";
    element.scrollIntoView({block: "center", behavior: "instant"});
    const box = element.getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const top = document.elementFromPoint(x, y);
    if (!box.width || !top) return "cannot be seen";
    if (!element.contains(top) && !top.contains(element)) return "is covered";
    return [x, y];
})()"""


class Browser:
    """A browser of its own, without cookies; it speaks Spanish."""

    def __init__(self, width=390, height=844):
        self._size = (width, height)
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = None
        self._socket = None
        self._count = 0

    def __enter__(self):
        width, height = self._size
        self._process = subprocess.Popen(
            [
                paths.BIN / "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--lang=es-ES",
                "--remote-debugging-port=0",
                f"--window-size={width},{height}",
                f"--user-data-dir={self._folder.name}",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment.variables(),
        )
        try:
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        self._send("Page.enable")
        self._send(
            "Emulation.setDeviceMetricsOverride",
            **{"width": width, "height": height, "deviceScaleFactor": 2},
            mobile=True,
        )
        return self

    def __exit__(self, *_):
        if self._socket:
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def open(self, address):
        """Follow a link, until the page has been loaded."""
        answer = self._send("Page.navigate", url=address)
        if answer.get("errorText"):
            raise Refused(f"{address} cannot be opened: {answer['errorText']}")
        self._wait(
            lambda: (
                self._evaluate("document.readyState") == "complete"
                and self._evaluate("location.href") != "about:blank"
            ),
            f"{address} does not finish loading",
        )

    def press(self, selector):
        """Press what can be seen there and stands still, in its middle."""
        place = self._wait(
            lambda: self._resting_place(selector),
            lambda: f"{selector} {self._place(selector)}",
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._send(
                "Input.dispatchMouseEvent",
                **{"type": kind, "x": place[0], "y": place[1]},
                **{"button": "left", "clickCount": 1},
            )

    def write(self, selector, text):
        """Type a text into a field."""
        self.press(selector)
        self._send("Input.insertText", text=text)

    def read(self, selector="body"):
        """Return the text that can be seen there."""
        return self._evaluate(
            f"document.querySelector({json.dumps(selector)})?.innerText || ''"
        )

    def wait(self, selector):
        """Wait until something is on the page."""
        self._wait(
            lambda: self._evaluate(f"!!document.querySelector({json.dumps(selector)})"),
            lambda: f"no {selector} on the page that says: {self.read()}",
        )

    def _resting_place(self, selector):
        place = self._place(selector)
        time.sleep(PAUSE)
        rests = isinstance(place, list) and self._place(selector) == place
        return place if rests else None

    def _place(self, selector):
        return self._evaluate(PLACE % json.dumps(selector))

    # The browser's own protocol

    def _connect(self):
        port_file = Path(self._folder.name, "DevToolsActivePort")
        self._wait(
            lambda: port_file.exists() and len(port_file.read_text().split()) == 2,
            "Chromium does not start",
        )
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        self._socket = websocket.create_connection(
            pages[0]["webSocketDebuggerUrl"], timeout=TIMEOUT, suppress_origin=True
        )

    def _send(self, method, **params):
        """Send a command; return its result."""
        self._count += 1
        self._socket.send(
            json.dumps({"id": self._count, "method": method, "params": params})
        )
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise Refused(f"Chromium, {method}: {answer['error']['message']}")
                return answer["result"]

    def _evaluate(self, expression):
        result = self._send(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        return result["result"].get("value")

    @staticmethod
    def _wait(condition, complaint):
        """Wait until a condition holds; return what it gives."""
        deadline = time.monotonic() + TIMEOUT
        while not (found := condition()):
            if time.monotonic() > deadline:
                raise Refused(complaint() if callable(complaint) else complaint)
            time.sleep(PAUSE)
        return found
