# What the scenarios share; each runs inside the virtual machine (tools/vcam/run) and ends with 0 when all it expects holds.
cd "$VCAM_HOME"
out=/mnt/out
failed=0
camera=/dev/video0

# Only the quick compiler: code is emulated here, and no run is long.
export HANDSOVER_JAVA_FLAGS="-XX:TieredStopAtLevel=1 -Duser.home=/tmp"
handsover() { ./handsover "$@"; }

say() { echo "[$(cut -d' ' -f1 /proc/uptime)] $*"; }

# expect WHAT CONDITION…: a test(1) or any command that must succeed
expect() {
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then
    say "ok: $what"
  else
    say "FAILED: $what ($*)"
    failed=1
  fi
}

# has FILE WORDS: the file holds the words
has() { grep -qF -- "$2" "$1"; }

# value FILE KEY: a number of the one JSON object in the file
value() { grep -o "\"$2\":[-0-9.]*" "$1" | head -n 1 | cut -d: -f2; }

# holds FILE KEY OPERATOR NUMBER: with decimals
holds() { awk -v a="$(value "$1" "$2")" -v b="$4" "BEGIN { exit !(a != \"\" && a $3 b) }"; }

control() { v4l2-ctl -d $camera -c "$1" >/dev/null; }

# await FILE WORDS SECONDS: until the file holds the words
await() {
  for _ in $(seq $(($3 * 5))); do
    grep -qF -- "$2" "$1" 2>/dev/null && return 0
    sleep 0.2
  done
  return 1
}

finish() {
  say "$VCAM_SCENARIO: $([ $failed = 0 ] && echo passed || echo failed)"
  exit $failed
}
