# Makes /build/linux-image.deb of the kernel that was built here. Read by core/linux/compile/compile.sh.
export KDEB_CHANGELOG_DIST=stable KDEB_SOURCENAME=linux-antidote KDEB_COMPRESS=zstd
export DEBFULLNAME=antidote DEBEMAIL=antidote@localhost
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
cp ../linux-image-*_amd64.deb /build/linux-image.deb
