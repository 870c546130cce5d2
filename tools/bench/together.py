#!/usr/bin/env python3
"""Measures whether sound and picture of a live recording stay together: records a clock that is seen and a beep at its whole seconds.

usage: together.py [--for 60] [--fast 0] [--sink] [--fps 30] [--to FILE] [--json FILE] [--only-look]

A PulseAudio server of its own (Debian's pulseaudio, pulseaudio-utils) has one microphone, into which a 1 kHz beep is written at every
whole second of the machine's clock. `live` films pattern:clock, whose pictures carry the same clock's time, hears that microphone,
and records both. Then the recording is read by ffmpeg: how much later (+) or earlier (-) a beep stands than the picture of its second.

  --for S      seconds to record
  --fast P     the microphone counts P millionths too fast (negative: too slow), as crystals of sound cards do (usually below 100)
  --sink       the beeps are played into a null sink whose monitor is the microphone, by PulseAudio's own clock (no --fast)
  --to FILE    keeps the recording, and may be repeated; .mkv has PCM, .mp4 AAC. --only-look measures those that are there already
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import numpy

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RATE = 48_000
BEEP = numpy.rint(12_000 * numpy.sin(2 * numpy.pi * 1000 / RATE * numpy.arange(RATE // 25))).astype("<i2")
WIDTH, HEIGHT, CELLS, ROWS = 320, 180, 24, 4
SQUARE = min(WIDTH // CELLS, HEIGHT // (2 * ROWS))
MICROS = (1 << 39) - 1


class Beeper(threading.Thread):
    """Writes samples as the clock goes on, and a beep where a second begins; sample i is of begun + i / rate."""

    def __init__(self, out, rate):
        super().__init__(daemon=True)
        self.out, self.rate, self.going = out, rate, True

    def run(self):
        begun, done = time.time(), 0
        while self.going:
            due = int((time.time() - begun) * self.rate)
            samples = numpy.zeros(due - done, "<i2")
            for second in range(int(begun + done / self.rate), int(begun + due / self.rate) + 1):
                at = round((second - begun) * self.rate) - done
                first, last = max(at, 0), min(at + len(BEEP), len(samples))
                if first < last:
                    samples[first:last] = BEEP[first - at:last - at]
            try:
                self.out.write(samples.tobytes())
                self.out.flush()
            except BrokenPipeError:
                return
            done = due
            time.sleep(0.01)


def record(arguments, files, work):
    """Runs the server, the beeper and live; returns live's summary."""
    haste = hasten()
    socket, fifo = os.path.join(work, "pulse"), os.path.join(work, "microphone")
    shape = f"format=s16le rate={RATE} channels=1"
    module = f"module-null-sink sink_name=desk {shape}" if arguments.sink else f"module-pipe-source source_name=desk file={fifo} {shape}"
    surroundings = dict(os.environ, PULSE_SERVER="unix:" + socket, PULSE_RUNTIME_PATH=work, HOME=work)
    server = subprocess.Popen(["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--log-level=error", "--use-pid-file=no",
                               "-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}", "-L", module], env=surroundings)
    player = None
    try:
        for _ in range(100):
            if os.path.exists(socket) and (arguments.sink or os.path.exists(fifo)):
                break
            time.sleep(0.1)
        if arguments.sink:
            player = subprocess.Popen(["pacat", "--playback", "--device=desk", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1",
                                       "--latency-msec=60"], stdin=subprocess.PIPE, env=surroundings)
            time.sleep(2)  # what is written before it reads would wait in the pipe for ever
        beeper = Beeper(player.stdin if player else open(fifo, "wb", buffering=0), RATE * (1 + arguments.fast / 1e6))
        beeper.start()
        source = f"pattern:clock?size={WIDTH}x{HEIGHT}&fps={arguments.fps}&live=1"
        microphone = "pulse:desk.monitor" if arguments.sink else "pulse:desk"
        live = subprocess.run(["nice", "-n", str(-haste), os.path.join(HOME, "handsover"), "live", "--no-window", "--no-budget", "--json", "--force", "--source", source,
                               "--model", "otsu", "--background", "blur:2", "--microphone=" + microphone, "--for", f"{arguments.seconds}s",
                               *(word for each in files for word in ("--output", each))], env=dict(surroundings, HOME=os.environ["HOME"]), stdout=subprocess.PIPE, check=True)
        beeper.going = False
        return json.loads(live.stdout)
    finally:
        for each in (player, server):
            if each:
                each.send_signal(signal.SIGTERM)
                each.wait()


def hasten():
    """What beeps must not be late because the machine is busy; root may say so. Returns how much nicer live has to be."""
    try:
        os.nice(-15)
        return -15
    except PermissionError:
        return 0


def entries(file, stream, which):
    answer = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", f"frame={which}", "-of", "csv=p=0", file],
                            check=True, stdout=subprocess.PIPE, text=True).stdout
    return numpy.array([[float(v) for v in line.strip(",").split(",")[:len(which.split(","))]] for line in answer.split()])


def pictures(file):
    """For every picture whose code can be read: the clock's time it carries, s, and its time in the recording, s."""
    times = entries(file, "v:0", "pts_time")[:, 0]
    tall = ROWS * SQUARE
    crop = f"crop={CELLS * SQUARE}:{tall}:0:{HEIGHT - tall},format=gray"
    decoding = subprocess.Popen(["ffmpeg", "-v", "fatal", "-nostdin", "-i", file, "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", crop,
                                 "-f", "rawvideo", "-"], stdout=subprocess.PIPE)
    size, found = CELLS * SQUARE * tall, []
    weights = 1 << numpy.arange(CELLS - 1, -1, -1)
    for at in times:
        raw = decoding.stdout.read(size)
        if len(raw) < size:
            break
        cells = numpy.frombuffer(raw, numpy.uint8).reshape(tall, -1)[SQUARE // 2::SQUARE, SQUARE // 2::SQUARE] > 125
        rows = (cells * weights).sum(axis=1)
        if rows[0] == 0xAAAAAA:
            found.append(((int(rows[1]) >> 8 << 24 | int(rows[2])) & MICROS, at))
    decoding.wait()
    walls = numpy.array([f[0] / 1e6 for f in found])
    wrap = (MICROS + 1) / 1e6  # the code holds six days and a bit, no whole number of seconds
    return walls + wrap * round((os.path.getmtime(file) - walls[-1]) / wrap), numpy.array([f[1] for f in found])


def beeps(file):
    """Where beeps begin, s of the recording."""
    frames = entries(file, "a:0", "pts_time,nb_samples")
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", file, "-map", "0:a:0", "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"],
                         check=True, stdout=subprocess.PIPE).stdout
    loud = numpy.flatnonzero(numpy.abs(numpy.frombuffer(raw, "<i2").astype(numpy.int32)) > 3_000)
    starts = loud[numpy.flatnonzero(numpy.diff(loud, prepend=-RATE) > RATE // 2)]
    firsts = numpy.concatenate(([0], numpy.cumsum(frames[:, 1])))
    which = numpy.clip(numpy.searchsorted(firsts, starts, side="right") - 1, 0, len(frames) - 1)
    return frames[which, 0] + (starts - firsts[which]) / RATE


def look(file):
    walls, times = pictures(file)
    late = []
    for beep in beeps(file):
        near = numpy.abs(times - beep) < 2
        if near.any():
            wall = beep - statistics.median((times - walls)[near])
            late.append((beep, 1000 * (wall - round(wall))))
    late = numpy.array(late)
    third = max(1, len(late) // 60)
    ends = {"first": late[:third], "middle": late[len(late) // 2 - third // 2:][:third], "last": late[-third:]}
    result = {"pictures": len(times), "beeps": len(late), "seconds": round(float(times[-1] - times[0]), 2),
              "sound_late_ms": {name: round(float(statistics.median(part[:, 1])), 2) for name, part in ends.items()},
              "beeps_in_each": third, "least_ms": round(float(late[:, 1].min()), 2), "most_ms": round(float(late[:, 1].max()), 2),
              "slope_ms_an_hour": round(float(numpy.polyfit(late[:, 0], late[:, 1], 1)[0] * 3600), 2),
              "clocks_apart_ms": round(float(1000 * numpy.ptp((times - walls)[[0, -1]])), 2)}
    minutes = [[int(m), round(float(statistics.median(late[late[:, 0] // 60 == m, 1])), 2)] for m in sorted(set(late[:, 0] // 60))]
    return result | {"minutes": minutes}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--for", dest="seconds", type=int, default=60)
    parser.add_argument("--fast", type=float, default=0)
    parser.add_argument("--sink", action="store_true")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--to", action="append")
    parser.add_argument("--json")
    parser.add_argument("--only-look", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        files = arguments.to or [os.path.join(work, "pcm.mkv"), os.path.join(work, "aac.mp4")]
        summary = None if arguments.only_look else record(arguments, files, work)
        result = {"live": summary} | {os.path.basename(file): look(file) for file in files}
    if arguments.json:
        with open(arguments.json, "w") as out:
            json.dump(result, out, indent=1)
    for name in sorted(result.keys() - {"live"}):
        print(name, {key: value for key, value in result[name].items() if key != "minutes"})


if __name__ == "__main__":
    main()
