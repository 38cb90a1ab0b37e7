#!/bin/sh
# Installs LibreOffice Calc without a screen, as a Debian package (as root); does nothing where it is already there.
set -eu

command -v "${SOFFICE:-soffice}" >/dev/null 2>&1 && exit 0
command -v apt-get >/dev/null 2>&1 || {
    echo "install.sh: LibreOffice is needed; install it and name it in SOFFICE" >&2
    exit 1
}
echo "install.sh: installing LibreOffice Calc"
apt-get update -qq
apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui >/dev/null
