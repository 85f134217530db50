#!/usr/bin/env bash
# Runs a command on the runtime that the README names, also where the system is an older one: a copy of this tree in a
# Debian 13 root (glibc 2.41), with Node 22 or 24 from the npm registry.
#
#   scripts/debian13.sh 22 npm test -- test/system
#
# The root is made once by debootstrap, in $RPPAM_TEST_ROOT or /var/tmp/rppam-debian13, some 900 MB; what is mounted into
# it is so for this command alone. Needs root, apt or debootstrap, and the registries of Debian and npm. Where it cannot be
# made, a line says why, and the exit code is 75 (EX_TEMPFAIL); else it is the command's.
set -euo pipefail
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=${RPPAM_TEST_ROOT:-/var/tmp/rppam-debian13}
node=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

cannot() {
  echo "no Debian 13 root with Node $node: $1"
  tail -n 5 "$log"
  exit 75
}

try() { "$@" >"$log" 2>&1 </dev/null; }

install_debootstrap() { try apt-get update && try apt-get install -y debootstrap; }

make_root() {
  local packages=ca-certificates,curl,openssl,procps
  rm -rf "$root.partial"
  try debootstrap --variant=minbase --include="$packages" trixie "$root.partial" &&
    mv "$root.partial" "$root"
}

# Debian's own Node is another one; npm is JavaScript and comes along.
install_node() {
  local arch
  arch=$(node -p process.arch)
  try npm install --prefix "$root/opt/node-$node" --no-audit --no-fund "node-linux-$arch@$node" npm@10
}

copy_tree() {
  mkdir -p "$root/src/$node"
  find "$root/src/$node" -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
  (cd "$tree" && git ls-files -z --cached --others --exclude-standard | tar --null -T - -c --ignore-failed-read 2>"$log") |
    tar -x -C "$root/src/$node"
  # As here: names are resolved, and certificates believed.
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
}

inside() {
  local path=/opt/node-$node/node_modules/node-linux-$(node -p process.arch)/bin:/opt/node-$node/node_modules/.bin
  # shellcheck disable=SC2016
  unshare --mount --fork bash -c '
    set -e
    for folder in proc dev sys; do mount --rbind "/$folder" "$0/$folder"; done
    exec chroot "$0" "${@}"' "$root" /usr/bin/env PATH="$path:/usr/local/bin:/usr/bin:/bin" HOME=/root TMPDIR=/tmp \
    /bin/bash -c 'cd "$0" && exec "$@"' "/src/$node" "$@"
}

[ "$(id -u)" = 0 ] || cannot 'needs root'
[ -d "$root" ] || command -v debootstrap >/dev/null || install_debootstrap || cannot 'debootstrap cannot be installed'
[ -d "$root" ] || make_root || cannot 'debootstrap failed'
[ -d "$root/opt/node-$node" ] || install_node || cannot 'Node is not in the npm registry'
copy_tree || cannot 'the tree cannot be copied'
try inside true || cannot 'it cannot be entered'
lock="$root/src/$node/package-lock.json"
if ! cmp -s "$lock" "$root/src/$node/node_modules/.installed-lock"; then
  try inside npm ci --no-audit --no-fund || cannot 'npm ci failed'
  cp "$lock" "$root/src/$node/node_modules/.installed-lock"
fi
echo "in a Debian 13 root: $(inside ldd --version | head -n 1), Node $(inside node --version)"
inside "$@"
