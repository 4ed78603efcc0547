# Puts the source of the family's kernel package here, patched as its kernel.spec does it in %prep: every patch that is
# longer than an empty one's nine lines, in that order. Read by core/linux/compile/compile.sh.
mkdir -p /build/source
rpm2cpio /usr/src/kernel.src.rpm | (cd /build/source && cpio -i --quiet)
tar --strip-components=1 -xf /build/source/linux-*.tar.xz
# the number of the release, which the family's Makefile includes
cp /build/source/Makefile.rhelver .
sed -n '/^%prep/,/^%build/s/^ *Apply\(Optional\)\{0,1\}Patch \([^ $][^ $]*\).*/\2/p' /build/source/kernel.spec |
  sed 's/%{[^}]*}/*/g' >/build/patches
while read -r pattern; do
  for patch in /build/source/$pattern; do
    [ "$(wc -l <"$patch")" -le 9 ] || patch -p1 -s <"$patch"
  done
done </build/patches
