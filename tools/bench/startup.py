#!/usr/bin/env python3
"""Measures how long a start takes until its first processed frame: with no archive, with AppCDS, and with the AOT cache.

usage: startup.py [--rounds 7] [--cores 0,1] [--json FILE] [INPUT]

Runs `process INPUT out.mp4 --frames 1` (default: pattern:bars) to its end, so the figures hold the whole life of the process: Java,
the libraries, the network's first run, one frame, and closing the file. The three ways take turns. The launcher itself is measured too.
Build first: ./handsover --version.
"""
import argparse
import glob
import json
import os
import statistics
import subprocess
import tempfile
import time

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLAGS = ["-XX:+UseSerialGC", "-Xms64m", "-Xmx768m", "-XX:-UsePerfData", "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED",
         "--sun-misc-unsafe-memory-access=allow", "-Dhandsover.home=" + HOME]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", nargs="?", default="pattern:bars")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cores", default="")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    jdk = subprocess.run([os.path.join(HOME, "tools/jdk")], check=True, capture_output=True, text=True).stdout.strip()
    jars = [os.path.join(HOME, "target/handsover-0.1.0.jar")] + sorted(glob.glob(os.path.join(HOME, "target/lib/*.jar")))
    java = [os.path.join(jdk, "bin/java")]
    tail = FLAGS + ["-cp", ":".join(jars), "dev.handsover.Main"]
    pin = ["taskset", "-c", arguments.cores] if arguments.cores else []
    with tempfile.TemporaryDirectory() as work:
        words = ["process", arguments.input, os.path.join(work, "out.mp4"), "--frames", "1", "--quiet", "--force", "--background", "color:#204060"]
        archive = os.path.join(work, "handsover.jsa")
        subprocess.run(java + ["-XX:ArchiveClassesAtExit=" + archive] + tail + words, check=True, capture_output=True)
        ways = {
            "no archive": java + tail,
            "AppCDS": java + ["-XX:SharedArchiveFile=" + archive, "-Xlog:disable", "-Xlog:all=off"] + tail,
            "AOT cache": java + ["-XX:AOTCache=" + os.path.join(HOME, "target/handsover.aot"), "-Xlog:disable", "-Xlog:all=off"] + tail,
            "./handsover (AOT cache)": [os.path.join(HOME, "handsover")],
        }
        seconds = {name: [] for name in ways}
        for _ in range(arguments.rounds):
            for name, command in ways.items():
                start = time.perf_counter()
                subprocess.run(pin + command + words, check=True, capture_output=True)
                seconds[name].append(time.perf_counter() - start)
    result = {"cores": arguments.cores, "seconds": seconds}
    print(table(result))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(result, file, indent=1)


def table(result):
    lines = ["| start | median s | least s | most s |", "| --- | --- | --- | --- |"]
    for name, times in result["seconds"].items():
        lines.append("| %s | %.2f | %.2f | %.2f |" % (name, statistics.median(times), min(times), max(times)))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
