#!/usr/bin/env bash
# Runs the whole test suite; makes the machine ready first.   ./test.sh
#   ./test.sh --quick           leaves out the tests marked [Slow]: at most a minute on two quiet cores, for between two edits
#   ./test.sh --faults          breaks one thing after the other and writes docs/reference/faults.md; takes minutes, and a quiet machine: limits of time are asserted
#   ./test.sh --durability N    kills the program N times at random moments while it saves, and N times while it tells of what it saw; half of its starts must take no more than 3 s
#   ./test.sh --key-frames      measures how long cameras of all kinds take to the first sample, and writes the table of docs/reference/sources.md; takes minutes, and a quiet machine
#   ./test.sh --soak MINUTES    lets it watch for long and looks whether it grows
# AMBIANIC_TESTDATA=DIR adds the tests that need recordings; arguments go to xunit's runner (for example -class '*Nms*').
set -euo pipefail
case "${1:-}" in
  --quick) set -- -trait- speed=slow "${@:2}" ;;
  --faults) AMBIANIC_TEST_FAULTS=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/docs/reference/faults.md; export AMBIANIC_TEST_FAULTS; set -- -method '*GivesTheTableOfFaults' ;;
  --durability) export AMBIANIC_TEST_KILLS="${2:?how many times}"; set -- -class '*KillTests' -showLiveOutput ;;
  --key-frames) AMBIANIC_TEST_KEY_FRAMES=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/docs/reference/sources.md; export AMBIANIC_TEST_KEY_FRAMES; set -- -method '*GivesTheTableOfFirstSamples' ;;
  --soak) export AMBIANIC_TEST_SOAK="${2:?how many minutes}"; set -- -class '*SoakTests' -showLiveOutput ;;
esac
# shellcheck source=scripts/setup.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/scripts/setup.sh"

need_dotnet
need ffmpeg ffmpeg
# Real parts that some tests use; without them those tests are skipped and say so.
missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
/usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer' 2>/dev/null ||
  missing+=(python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly)
command -v npm >/dev/null || missing+=(npm)
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || missing+=(python3-aiosmtpd)
command -v promtool >/dev/null || missing+=(prometheus) # its checker alone is used
[ -x /usr/sbin/mosquitto ] || missing+=(mosquitto) # tests start their own; the package's service is not used
if [ ${#missing[@]} -gt 0 ]; then
  install_packages "${missing[@]}" || say "Some tests will be skipped. For all of them:  sudo apt-get install ${missing[*]}"
fi

cd "$root"
mkdir -p out
say "Building …"
build() { dotnet build Ambianic.slnx -c Release -v quiet -nologo >out/test-build.log 2>&1 </dev/null; }
build || { grep -E 'error|warning' out/test-build.log | sort -u | head -n 40 >&2; fail "the build failed; the whole output is in out/test-build.log"; }
printf '%s' "$(source_state)" >out/program.stamp

colour=()
[ -t 1 ] || colour=(-noColor)
passed=0 failed=0 skipped=0 status=0
for tests in Ambianic.Tests Ambianic.Server.Tests; do
  dotnet "tests/$tests/bin/Release/net10.0/$tests.dll" "${colour[@]}" "$@" </dev/null 2>&1 | tee "out/$tests.log" || status=1
  summary=$(grep -E 'Total: [0-9]+' "out/$tests.log" | tail -n 1 || true)
  number() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
  total=$(number Total) errors=$(number Errors) bad=$(number Failed) not=$(number Skipped)
  [ -n "$total" ] || { say "$tests ended without a summary"; status=1; continue; }
  passed=$((passed + total - bad - not)) failed=$((failed + bad + errors)) skipped=$((skipped + not))
done
[ "$failed" -eq 0 ] || status=1
if [ "$status" -ne 0 ]; then say "The tests did not pass; the output is in out/*.log"; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
exit "$status"
