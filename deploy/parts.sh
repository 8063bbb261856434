#!/bin/sh
# Debian packages that the factory wants. As root they are installed; otherwise each absent one is
# named with its apt line and what its absence costs.
set -eu

want() { # command package cost
    command -v "$1" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing $2"
        { apt-get install -y -qq --no-install-recommends "$2" ||
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$2"; }; } \
            >/dev/null 2>&1 || true
        command -v "$1" >/dev/null 2>&1 && return 0
    fi
    echo "absent: $2 (apt-get install $2). $3" >&2
}

want bwrap bubblewrap \
    "Without it jobs run unsandboxed and get no confidential data, and 176 tests are not run."

want chromium chromium \
    "Without it no page is looked at in a browser: the tests of keyboard, contrast and layout are not run."
