#!/bin/sh
# Installs the servers of this folder into */node_modules and .venv, and does nothing where they are already there.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

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
for server in medplum oidc-provider; do
    stamp=$server/node_modules/.installed
    if ! cmp -s "$server/package-lock.json" "$stamp"; then
        echo "install.sh: installing $server"
        (cd "$server" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
            fail "npm could not install $server"
        cp "$server/package-lock.json" "$stamp"
    fi
done

if ! cmp -s requirements.txt .venv/.installed || ! .venv/bin/python -c '' 2>/dev/null; then
    echo "install.sh: installing fhirstarter and fhirsnake"
    python3 -m venv --clear .venv || fail "python3 has no working venv module (on Debian: python3-venv)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt ||
        fail "pip could not install requirements.txt"
    cp requirements.txt .venv/.installed
fi
