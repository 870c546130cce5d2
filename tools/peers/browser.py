"""Runs one page of web/ in a headless Chromium, fed by a fake camera; the page tells a small loopback server how it went."""
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = {".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".png": "image/png"}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root):
    """CPU time of a process, its descendants, and those of its children that ended."""
    parents, times = {}, {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    words = file.read().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(name)] = int(words[1])
            times[int(name)] = sum(int(t) for t in words[11:15])
    total = 0
    for process, ticks in times.items():
        above = process
        while above not in (root, 0, 1) and above in parents:
            above = parents[above]
        total += ticks if above == root else 0
    return total / TICKS


class Visit:
    """What the page said, and when."""

    def __init__(self):
        self.done = threading.Event()
        self.root = 0
        self.mask = None
        self.marks = {}
        self.facts = None
        self.failure = None

    def hear(self, name, body):
        if name in ("begin", "end"):
            self.marks[name] = (time.monotonic(), cpu_seconds(self.root))
        if name == "mask":
            self.mask = body
        if name == "end":
            self.facts = json.loads(body)
        if name == "failed":
            self.failure = body.decode()
        if name in ("end", "failed"):
            self.done.set()


def server(visit, roots):
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            parts = self.path.split("?")[0].lstrip("/").split("/")
            folder = roots.get(parts[0])
            file = os.path.realpath(os.path.join(folder, *parts[1:])) if folder else ""
            if not folder or not file.startswith(os.path.realpath(folder) + os.sep) or not os.path.isfile(file):
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", KINDS.get(os.path.splitext(file)[1], "application/octet-stream"))
            self.send_header("Content-Length", str(os.path.getsize(file)))
            # both are needed before a page may share memory between threads
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.end_headers()
            with open(file, "rb") as opened:
                shutil.copyfileobj(opened, self.wfile)

        def do_POST(self):
            visit.hear(self.path.rsplit("/", 1)[1], self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)


def run(page, query, camera, work, npm, pin, limit=600):
    """Frames a second and CPU seconds a frame between the page's marks; raises with what it said when it failed."""
    visit = Visit()
    serving = server(visit, {"web": os.path.join(HERE, "web"), "work": work, "npm": npm})
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        command = pin + ["chromium", "--headless=new", "--no-sandbox", "--disable-extensions", "--no-first-run", "--user-data-dir=" + profile,
                         "--disable-background-networking", "--disable-component-update", "--use-fake-ui-for-media-stream",
                         "--use-fake-device-for-media-stream", "--use-file-for-fake-video-capture=" + camera, "--use-angle=swiftshader",
                         "--enable-unsafe-swiftshader",
                         "http://127.0.0.1:%d/web/%s?%s" % (serving.server_port, page, query)]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        visit.root = browser.pid
        try:
            if not visit.done.wait(limit):
                raise RuntimeError("%s did not finish within %d s" % (page, limit))
        finally:
            browser.terminate()
            browser.wait()
            serving.shutdown()
    if visit.failure:
        raise RuntimeError(visit.failure)
    (_, cpu_before), (_, cpu_after) = visit.marks["begin"], visit.marks["end"]
    frames = visit.facts["frames"]
    return {"frames": frames, "fps": frames / visit.facts["seconds"], "cpu": (cpu_after - cpu_before) / frames, "age": visit.facts["age"], "mask": visit.mask,
            "facts": visit.facts}
