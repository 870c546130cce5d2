"""Drops files on a window as a file manager does: drop-files.py WINDOW FILE... (X11's drag and drop, version 5; libX11 only)."""
import ctypes as c
import sys
import time
from pathlib import Path

x11 = c.CDLL("libX11.so.6")
ulong = c.c_ulong
x11.XOpenDisplay.restype = c.c_void_p
for name in ("XDefaultRootWindow", "XInternAtom", "XCreateSimpleWindow"):
    getattr(x11, name).restype = ulong


class Message(c.Structure):
    _fields_ = [("type", c.c_int), ("serial", ulong), ("send", c.c_int), ("display", c.c_void_p), ("window", ulong),
                ("message", ulong), ("format", c.c_int), ("data", c.c_long * 5)]


class Request(c.Structure):
    _fields_ = [("type", c.c_int), ("serial", ulong), ("send", c.c_int), ("display", c.c_void_p), ("owner", ulong),
                ("requestor", ulong), ("selection", ulong), ("target", ulong), ("property", ulong), ("time", ulong)]


class Notify(c.Structure):
    _fields_ = [("type", c.c_int), ("serial", ulong), ("send", c.c_int), ("display", c.c_void_p), ("requestor", ulong),
                ("selection", ulong), ("target", ulong), ("property", ulong), ("time", ulong)]


class Event(c.Union):
    _fields_ = [("type", c.c_int), ("message", Message), ("request", Request), ("notify", Notify), ("room", c.c_long * 24)]


SELECTION_REQUEST, SELECTION_NOTIFY, CLIENT_MESSAGE, PROPERTY_REPLACE = 30, 31, 33, 0
display = c.c_void_p(x11.XOpenDisplay(None))
root = ulong(x11.XDefaultRootWindow(display))
own = ulong(x11.XCreateSimpleWindow(display, root, 0, 0, 1, 1, 0, ulong(0), ulong(0)))
target = ulong(int(sys.argv[1]))
files = "".join(Path(name).absolute().as_uri() + "\r\n" for name in sys.argv[2:]).encode()


def atom(name):
    return x11.XInternAtom(display, name.encode(), 0)


def send(name, *data):
    event = Event()
    event.message = Message(CLIENT_MESSAGE, 0, 1, display, target.value, atom(name), 32, (c.c_long * 5)(own.value, *data))
    x11.XSendEvent(display, target, 0, c.c_long(0), c.byref(event))
    x11.XFlush(display)


def answer(request):
    x11.XChangeProperty(display, ulong(request.requestor), ulong(request.property), ulong(request.target), 8,
                        PROPERTY_REPLACE, files, len(files))
    event = Event()
    event.notify = Notify(SELECTION_NOTIFY, 0, 1, display, request.requestor, request.selection, request.target,
                          request.property, request.time)
    x11.XSendEvent(display, ulong(request.requestor), 0, c.c_long(0), c.byref(event))
    x11.XFlush(display)


def wait_for(name):
    end = time.monotonic() + 10
    event = Event()
    while time.monotonic() < end:
        if not x11.XPending(display):
            time.sleep(0.01)
            continue
        x11.XNextEvent(display, c.byref(event))
        if event.type == SELECTION_REQUEST:
            answer(event.request)
        elif event.type == CLIENT_MESSAGE and event.message.message == atom(name):
            return
    sys.exit(f"no {name} came")


x11.XSetSelectionOwner(display, ulong(atom("XdndSelection")), own, ulong(0))
send("XdndEnter", 5 << 24, atom("text/uri-list"), 0, 0)
send("XdndPosition", 0, 50 << 16 | 50, 0, atom("XdndActionCopy"))
wait_for("XdndStatus")
send("XdndDrop", 0, 0, 0, 0)
wait_for("XdndFinished")
print("dropped")
