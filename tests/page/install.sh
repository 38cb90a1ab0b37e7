#!/bin/sh
# Installs what the tests of the page need, and does nothing where it is already there:
# Chromium and pdftotext as Debian packages (as root), axe-core and playwright-core in node_modules.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

for program in node npm; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is needed and was not found"
done
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    fail "node 20 or later is needed; this is $(node --version)"

if ! command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1 || ! command -v pdftotext >/dev/null 2>&1; then
    command -v apt-get >/dev/null 2>&1 ||
        fail "Chromium and pdftotext are needed; install them and name the browser in CHROMIUM"
    echo "install.sh: installing chromium and pdftotext"
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium chromium-driver poppler-utils fonts-dejavu-core >/dev/null
fi

# A copy of what was installed, laid down last: a broken-off installation has none and starts again.
npm_config_omit_lockfile_registry_resolved=true
export npm_config_omit_lockfile_registry_resolved
if ! cmp -s package-lock.json node_modules/.installed; then
    echo "install.sh: installing axe-core and playwright-core"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || fail "npm could not install them"
    cp package-lock.json node_modules/.installed
fi
