"""Which command to run: `hands COMMAND ...`."""
import importlib
import sys

COMMANDS = ("prepare", "train", "pseudo", "evaluate", "export", "classic", "synth", "people", "temporal", "ablate", "prune", "blend", "quantise")


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print("usage: hands COMMAND [--help]; COMMAND is one of " + ", ".join(COMMANDS), file=sys.stderr)
        sys.exit(2)
    sys.exit(importlib.import_module(f"handsover.{sys.argv[1]}").main(sys.argv[2:]))


main()
