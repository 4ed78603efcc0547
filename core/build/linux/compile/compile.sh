#!/bin/sh
# compile.sh EPOCH SCRATCH: makes a package of a kernel's source, in /build; what is in between goes to SCRATCH.
# /build/unpack.sh puts the source into the directory that it finds itself in; /build/pack.sh makes the package of what
# was built there. Where /build/config, which came out, is not what /build/wanted.config asks for, it ends with that.
set -eu
epoch=$1 scratch=$2/linux
export SOURCE_DATE_EPOCH="$epoch" LC_ALL=C TZ=UTC
KBUILD_BUILD_TIMESTAMP=$(date -u -d "@$epoch" '+%a %b %e %H:%M:%S UTC %Y')
export KBUILD_BUILD_TIMESTAMP KBUILD_BUILD_USER=antidote KBUILD_BUILD_HOST=antidote KBUILD_BUILD_VERSION=1
export ARCH=x86

mkdir -p "$scratch"
cd "$scratch"
. /build/unpack.sh
KCONFIG_ALLCONFIG=/build/wanted.config make -s allnoconfig
cp .config /build/config
awk '
  /^(# )?CONFIG_/ {
    match($0, /CONFIG_[A-Za-z0-9_]+/)
    name = substr($0, RSTART, RLENGTH)
    value = /^#/ ? "n" : substr($0, RSTART + RLENGTH + 1)
    if (FILENAME == "/build/config") got[name] = value
    else wanted[name] = value
  }
  END { for (name in wanted) if (wanted[name] != (name in got ? got[name] : "n")) exit 1 }
' /build/wanted.config /build/config || exit 0

# one more job than processors: some wait
make -j"$(($(nproc) + 1))" bzImage modules
strip --strip-all -o /build/vmlinux vmlinux
. /build/pack.sh
