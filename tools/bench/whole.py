#!/usr/bin/env python3
"""Measures a whole run against its parts, and against a plain Python loop, in one interleaved series.

usage: whole.py [--input FILE] [--sizes 720,1080,2160] [--rounds 3] [--cores 0,1] [--workers 1,2,4] [--python] [--work DIR] [--json FILE]

Decoding, network and encoding are each measured alone, by the same libraries with the same settings in the same kind of process
(dev.handsover.bench.StageAlone); their CPU times add up to the floor. The whole run is measured in the same harness, once for
each number of workers. One round measures each once, in turn, so that a busy machine slows all of them alike; ratios are taken
within a round, and the median round is told. CPU time counts from a warm frame to the last, for the whole process.

--input is scaled, looped and coded anew as H.264 for each size, but taken as it is where it has the size and is long enough; without it
pattern:hands is rendered. --cores pins every measured process (taskset). --python adds the loop of python_loop.py (needs
python3-opencv and python3-onnx). Build first: ./handsover --version, and mvn test-compile for the benchmark classes.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SLIDE = os.path.join(HOME, "src/main/resources/dev/handsover/demo/slide.png")
FLAGS = ["-XX:+UseSerialGC", "-Xms64m", "-Xmx768m", "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED",
         "--sun-misc-unsafe-memory-access=allow", "-Dhandsover.home=" + HOME]
WIDTH = {720: 1280, 1080: 1920, 2160: 3840, 360: 640}
FRAMES = {360: 2000, 720: 500, 1080: 360, 2160: 150}
RAW = {360: 200, 720: 120, 1080: 90, 2160: 40}


def jdk():
    return subprocess.run([os.path.join(HOME, "tools/jdk")], check=True, capture_output=True, text=True).stdout.strip()


def class_path():
    listed = os.path.join(HOME, "target/bench.classpath")
    if not os.path.exists(listed):
        subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(HOME, "pom.xml"), "dependency:build-classpath",
                        "-DincludeScope=test", "-Dmdep.outputFile=" + listed], check=True, env=dict(os.environ, JAVA_HOME=jdk()))
    with open(listed) as file:
        return ":".join([os.path.join(HOME, "target/test-classes"), os.path.join(HOME, "target/classes"), file.read().strip()])


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.java = [os.path.join(jdk(), "bin/java")] + FLAGS + ["-cp", class_path()]
        self.pin = ["taskset", "-c", arguments.cores] if arguments.cores else []
        self.ffmpeg = self.alone("ffmpeg", pin=False, parse=False)
        os.makedirs(arguments.work, exist_ok=True)

    def alone(self, *words, pin=True, parse=True):
        command = (self.pin if pin else []) + self.java + ["dev.handsover.bench.StageAlone"] + [str(w) for w in words]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(" ".join(command[-6:]) + "\n" + done.stderr[-2000:])
        line = done.stdout.strip().splitlines()[-1]
        return json.loads(line) if parse else line

    def program(self, *words):
        subprocess.run(self.java + ["dev.handsover.Main"] + [str(w) for w in words], check=True)

    def input_of(self, height):
        """An H.264 file of that height, with as many frames as are measured."""
        frames, size = FRAMES[height], (WIDTH[height], height)
        source = self.arguments.input
        if not source:
            source = os.path.join(self.arguments.work, "hands.mp4")
            if not os.path.exists(source):
                self.program("process", "pattern:hands?size=1280x720&frames=300", source, "--background", "none", "--under", SLIDE, "--quiet")
        else:
            probe = subprocess.run([self.ffmpeg.replace("ffmpeg/", "ffmpeg/"), "-hide_banner", "-i", source], capture_output=True, text=True).stderr
            if "h264" in probe and "%dx%d" % size in probe:
                copied = os.path.join(self.arguments.work, "in%d.mp4" % height)
                self.make(["-stream_loop", "-1", "-i", source, "-an", "-c:v", "copy", "-frames:v", frames, copied])
                return copied
        made = os.path.join(self.arguments.work, "in%d.mp4" % height)
        bits = int(4e6 * size[0] * size[1] / (1280 * 720))
        self.make(["-stream_loop", "-1", "-i", source, "-an", "-vf", "scale=%d:%d" % size, "-pix_fmt", "yuv420p", "-c:v", "libopenh264", "-b:v", bits, "-g", 60,
                   "-frames:v", frames, made])
        return made

    def make(self, words):
        if not os.path.exists(words[-1]):
            subprocess.run([self.ffmpeg, "-v", "error", "-y", "-nostdin"] + [str(w) for w in words], check=True)

    def python_loop(self, source, height):
        network = os.path.join(self.arguments.work, "opencv.onnx")
        if not os.path.exists(network):
            subprocess.run(["/usr/bin/python3", os.path.join(HOME, "tools/bench/for_opencv.py"), os.path.join(HOME, "models/hands.onnx"), network, "320", "192"],
                           check=True)
        out = os.path.join(self.arguments.work, "python.mp4")
        before = os.times()
        done = subprocess.run(self.pin + ["/usr/bin/python3", os.path.join(HOME, "tools/bench/python_loop.py"), source, SLIDE, out, network, "320", "192"],
                              check=True, capture_output=True, text=True)
        after = os.times()
        words = done.stdout.split()
        frames, fps = int(words[0]), float(words[2])
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return {"frames": frames, "fps": fps, "cpuMillis": 1000 * cpu / frames, "cores": cpu * fps / frames}

    def round(self, source, raw, height):
        warm = FRAMES[height] // 4
        count = ["frames=%d" % FRAMES[height], "warm=%d" % warm]
        out = os.path.join(self.arguments.work, "out.mp4")
        result = {"decode": lambda: self.alone("decode", source, *count),
                  "network": lambda: self.alone("network", source, *count),
                  "encode": lambda: self.alone("encode", raw, out, *count)}
        for workers in self.arguments.workers.split(","):
            result["process, %s workers" % workers] = lambda n=workers: self.alone("process", source, SLIDE, out, "workers=" + n, *count)
        if self.arguments.python:
            result["python"] = lambda: self.python_loop(source, height)
        return {name: measured(run) for name, run in result.items()}

    def measure(self, height):
        source = self.input_of(height)
        raw = os.path.join(self.arguments.work, "raw%d.y4m" % height)
        if not os.path.exists(raw):
            self.program("process", source, raw, "--background", SLIDE, "--frames", RAW[height], "--quiet")
        return [self.round(source, raw, height) for _ in range(self.arguments.rounds)]


def busy():
    with open("/proc/stat") as file:
        ticks = [int(t) for t in file.readline().split()[1:]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def measured(run):
    """What `run` says, with the share of the machine that was busy with anything while it ran."""
    begin, start = busy(), time.time()
    said = run()
    end = busy()
    said["machineBusy"] = (end[0] - begin[0]) / max(1, end[1] - begin[1])
    said["seconds"] = time.time() - start
    return said


def tell(height, rounds):
    names = list(rounds[0])
    print("\n%dp, %d rounds, %d frames each (a quarter of them to warm up)" % (height, len(rounds), FRAMES[height]))
    print("| | CPU ms a frame | frames/s | cores busy | machine busy |\n| --- | --- | --- | --- | --- |")
    for name in names:
        middle = lambda key: statistics.median(r[name][key] for r in rounds)
        print("| %s | %.2f | %.1f | %.2f | %.0f %% |" % (name, middle("cpuMillis"), middle("fps"), middle("cores"), 100 * middle("machineBusy")))
    floors = [sum(r[part]["cpuMillis"] for part in ("decode", "network", "encode")) for r in rounds]
    print("| floor | %.2f | | | |" % statistics.median(floors))
    for name in names:
        if name.startswith("process"):
            ratios = [r[name]["cpuMillis"] / f for r, f in zip(rounds, floors)]
            line = "%s / floor: %.3f (%.3f to %.3f)" % (name, statistics.median(ratios), min(ratios), max(ratios))
            if "python" in names:
                faster = [r[name]["fps"] / r["python"]["fps"] for r in rounds]
                line += "; fps / python: %.2f (%.2f to %.2f)" % (statistics.median(faster), min(faster), max(faster))
            print(line)
    sys.stdout.flush()


def table(result):
    """What `tell` tells of each size, as one table; from what --json holds."""
    lines = ["| height | | CPU ms a frame | frames/s | cores busy | CPU over the floor's |", "| --- | --- | --- | --- | --- | --- |"]
    for height, rounds in result["sizes"].items():
        floors = [sum(r[part]["cpuMillis"] for part in ("decode", "network", "encode")) for r in rounds]
        for name in rounds[0]:
            middle = lambda key: statistics.median(r[name][key] for r in rounds)
            ratios = [r[name]["cpuMillis"] / f for r, f in zip(rounds, floors)]
            over = "%.2f (%.2f – %.2f)" % (statistics.median(ratios), min(ratios), max(ratios)) if name.startswith("process") else ""
            lines.append("| %s | %s | %.2f | %.1f | %.2f | %s |" % (height, name, middle("cpuMillis"), middle("fps"), middle("cores"), over))
        lines.append("| %s | floor | %.2f | | | |" % (height, statistics.median(floors)))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input")
    parser.add_argument("--sizes", default="720")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", default="")
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--python", action="store_true")
    parser.add_argument("--work", default="/tmp/handsover-bench")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    results = {}
    for height in map(int, arguments.sizes.split(",")):
        results[height] = bench.measure(height)
        tell(height, results[height])
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"cores": arguments.cores, "sizes": results}, file, indent=1)


if __name__ == "__main__":
    main()
