#!/bin/sh
# compile.sh configure|pack EPOCH: makes a package of the kernel source in /usr/src, in /build.
# `configure` stops where the options can be compared with what was asked for, `pack` goes on.
set -eu
stage=$1 epoch=$2
export SOURCE_DATE_EPOCH="$epoch" LC_ALL=C TZ=UTC
KBUILD_BUILD_TIMESTAMP=$(date -u -d "@$epoch" '+%a %b %e %H:%M:%S UTC %Y')
export KBUILD_BUILD_TIMESTAMP KBUILD_BUILD_USER=antidote KBUILD_BUILD_HOST=antidote KBUILD_BUILD_VERSION=1
export KDEB_CHANGELOG_DIST=stable KDEB_SOURCENAME=linux-antidote KDEB_COMPRESS=zstd
export ARCH=x86 DEBFULLNAME=antidote DEBEMAIL=antidote@localhost

case $stage in
  configure)
    mkdir -p /build/linux
    tar -C /build/linux --strip-components=1 -xf /usr/src/linux-source-*.tar.xz
    cd /build/linux
    KCONFIG_ALLCONFIG=/build/wanted.config make -s allnoconfig
    ;;
  pack)
    cd /build/linux
    make -j"$(nproc)" bzImage modules
    KDEB_PKGVERSION=$(make -s kernelversion)-1
    export KDEB_PKGVERSION
    if grep -q '^run-command:' Makefile; then
      # bindeb-pkg in its two halves: the date of the changelog would be today's, and headers are not wanted
      make -s run-command KBUILD_RUN_COMMAND='$(srctree)/scripts/package/mkdebian'
      sed -i "s/^ -- .*/ -- $DEBFULLNAME <$DEBEMAIL>  $(date -R -u -d "@$epoch")/" debian/changelog
      make -s -f debian/rules binary-image
    else
      # before Linux 6.6 it is one piece, which takes its date from date(1)
      mkdir -p /build/bin
      printf '#!/bin/sh\nexec /bin/date -u -d @%s "$@"\n' "$epoch" >/build/bin/date
      chmod +x /build/bin/date
      PATH=/build/bin:$PATH make -s bindeb-pkg DPKG_FLAGS=-d
    fi
    strip --strip-all -o /build/vmlinux vmlinux
    cp ../linux-image-*_amd64.deb /build/linux-image.deb
    ;;
esac
