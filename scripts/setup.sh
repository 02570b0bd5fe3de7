# Makes a Debian or Ubuntu machine ready. Sourced by ./ambianic and ./test.sh; does nothing by itself.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
apt_updated=

say() { printf '%s\n' "$*" >&2; }
fail() { say "ambianic: $*"; exit 1; }

need_dotnet() {
  if command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    return
  fi
  say "Ambianic needs the .NET SDK 10, which is not installed. Do one of these, then try again:"
  say "  sudo apt-get install dotnet-sdk-10.0        (Ubuntu; Debian once Microsoft's package source is added)"
  say "  or follow https://dotnet.microsoft.com/download/dotnet/10.0 (Raspberry Pi: the Arm64 script install)"
  exit 1
}

# install_packages PACKAGE…: installs Debian packages as root or through sudo; returns 1 where neither is possible.
install_packages() {
  local as_root=()
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || return 1
    if [ -t 0 ] && [ -t 2 ]; then as_root=(sudo); elif sudo -n true 2>/dev/null; then as_root=(sudo -n); else return 1; fi
  fi
  say "Installing $* …"
  local log
  log=$(mktemp)
  if [ -z "$apt_updated" ]; then
    "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || true
    apt_updated=1
  fi
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# need COMMAND PACKAGE…: makes a command available or says the one line that does.
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  install_packages "$@" || fail "$command is missing and could not be installed. Run:  sudo apt-get install $*"
}

# The state of everything that the program is built from; a change of it means building again.
source_state() {
  (cd "$root" && find src global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig BannedSymbols.txt \
    \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum)
}

build_program() {
  local state stamp="$root/out/program.stamp" log
  state=$(source_state)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && [ -f "$program" ] && return
  say "Building Ambianic (only when something changed; the first time it also fetches its libraries) …"
  mkdir -p "$root/out"
  log="$root/out/build.log"
  if ! dotnet build "$root/src/Ambianic.Server" -c Release -v quiet -nologo >"$log" 2>&1 </dev/null; then
    grep -E 'error|warning' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
    fail "the build failed; the whole output is in $log"
  fi
  printf '%s' "$state" >"$stamp"
}

program="$root/src/Ambianic.Server/bin/Release/net10.0/ambianic.dll"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
