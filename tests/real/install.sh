#!/bin/sh
# Installs the servers of this folder: packages of Debian, then */node_modules and .venv. Does nothing where they are already there.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

# Registries stumble now and then; a second time tells that from a fault.
twice() {
    "$@" && return
    echo "install.sh: that failed; once more in five seconds" >&2
    sleep 5
    "$@"
}

installed() {
    PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null 2>&1
}

missing=
for pair in nginx:nginx-light glewlwyd:glewlwyd openssl:openssl; do
    installed "${pair%%:*}" || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
    command -v apt-get >/dev/null 2>&1 || fail "no apt-get here: install by hand what Debian calls$missing"
    root=
    if [ "$(id -u)" -ne 0 ]; then
        { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; } ||
            fail "as root, run: apt-get install --no-install-recommends$missing"
        root="sudo -n"
    fi
    echo "install.sh: installing$missing"
    twice $root apt-get update -qq || fail "apt-get could not read the lists of packages"
    twice $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
        fail "apt-get could not install$missing"
fi
for program in nginx glewlwyd openssl; do
    installed "$program" || fail "$program is still missing"
done

for program in node npm python3; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is needed and was not found"
done
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "node 20.19, or 22.12 or later, is needed; this is $(node --version)"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or later is needed; this is $(python3 --version)"

# A copy of what was installed, laid down last: a broken-off installation has none and starts again.
npm_config_omit_lockfile_registry_resolved=true
export npm_config_omit_lockfile_registry_resolved
node_packages() {
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}
for server in medplum oidc-provider; do
    stamp=$server/node_modules/.installed
    if ! cmp -s "$server/package-lock.json" "$stamp"; then
        echo "install.sh: installing $server"
        twice node_packages "$server" || fail "npm could not install $server"
        cp "$server/package-lock.json" "$stamp"
    fi
done

python_packages() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
}
if ! cmp -s requirements.txt .venv/.installed || ! .venv/bin/python -c '' 2>/dev/null; then
    echo "install.sh: installing fhirstarter and fhirsnake"
    python3 -m venv --clear .venv || fail "python3 has no working venv module (on Debian: python3-venv)"
    twice python_packages || fail "pip could not install requirements.txt"
    cp requirements.txt .venv/.installed
fi
