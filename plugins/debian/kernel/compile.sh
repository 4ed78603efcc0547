#!/bin/sh
# compile.sh EPOCH SCRATCH: makes a package of the kernel source in /usr/src, in /build; what is in between goes to
# SCRATCH. Where /build/config, which came out, is not what /build/wanted.config asks for, it ends with that.
set -eu
epoch=$1 scratch=$2/linux
export SOURCE_DATE_EPOCH="$epoch" LC_ALL=C TZ=UTC
KBUILD_BUILD_TIMESTAMP=$(date -u -d "@$epoch" '+%a %b %e %H:%M:%S UTC %Y')
export KBUILD_BUILD_TIMESTAMP KBUILD_BUILD_USER=antidote KBUILD_BUILD_HOST=antidote KBUILD_BUILD_VERSION=1
export KDEB_CHANGELOG_DIST=stable KDEB_SOURCENAME=linux-antidote KDEB_COMPRESS=zstd
export ARCH=x86 DEBFULLNAME=antidote DEBEMAIL=antidote@localhost

mkdir -p "$scratch"
tar -C "$scratch" --strip-components=1 -xf /usr/src/linux-source-*.tar.xz
cd "$scratch"
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
KDEB_PKGVERSION=$(make -s kernelversion)-1
export KDEB_PKGVERSION
if grep -q '^run-command:' Makefile; then
  # bindeb-pkg in its two halves: the date of the changelog would be today's, and headers are not wanted; nor is a
  # second look at everything that was just built
  make -s run-command KBUILD_RUN_COMMAND='$(srctree)/scripts/package/mkdebian'
  sed -i "s/^ -- .*/ -- $DEBFULLNAME <$DEBEMAIL>  $(date -R -u -d "@$epoch")/" debian/changelog
  make -s -f debian/rules --old-file=build-arch binary-image
else
  # before Linux 6.6 it is one piece, which takes its date from date(1)
  mkdir -p /build/bin
  printf '#!/bin/sh\nexec /bin/date -u -d @%s "$@"\n' "$epoch" >/build/bin/date
  chmod +x /build/bin/date
  PATH=/build/bin:$PATH make -s bindeb-pkg DPKG_FLAGS=-d
fi
strip --strip-all -o /build/vmlinux vmlinux
cp ../linux-image-*_amd64.deb /build/linux-image.deb
