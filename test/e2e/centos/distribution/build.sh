#!/bin/sh
# build.sh TREE WORK OUT: packs TREE by WORK/stand-in.spec and WORK/extras.spec, and the source in it by WORK/kernel.spec,
# signs the rpms with a key of their own, and makes repositories of them: OUT/os, OUT/extras and OUT/source. OUT/key.asc
# is the key.
set -eu
tree=$1 work=$2 out=$3
export HOME="$work" GNUPGHOME=/tmp/gnupg
mkdir -m 700 "$GNUPGHOME"
mkdir -p "$work/overlay/etc/pki/rpm-gpg" "$work/overlay/etc/rpm" "$work/overlay/usr/lib/sysimage/rpm" "$out/os" "$out/extras" "$out/source"

for name in distribution stranger; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$name@localhost" rsa3072 sign never
done
gpg --armor --export distribution@localhost >"$out/key.asc"
cp "$out/key.asc" "$work/overlay/etc/pki/rpm-gpg/RPM-GPG-KEY-centosofficial-SHA256"

cat >"$work/os-release" <<'EOF'
NAME="CentOS Stream"
VERSION="10 (a stand-in)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="10"
PLATFORM_ID="platform:el10"
PRETTY_NAME="CentOS Stream 10 (a stand-in)"
EOF
mv "$work/os-release" "$work/overlay/usr/lib/os-release"
ln -s ../usr/lib/os-release "$work/overlay/etc/os-release"
echo 'CentOS Stream release 10' >"$work/overlay/etc/redhat-release"
# Debian's rpm keeps its database in a home directory
echo '%_dbpath /usr/lib/sysimage/rpm' >"$work/overlay/etc/rpm/macros.dbpath"

pack() { # spec
  rpmbuild -bb --quiet --define "_topdir $work/rpmbuild" --define "tree $tree" --define "overlay $work/overlay" \
    --define '_binary_payload w1T2.zstdio' --define '__os_install_post %{nil}' --define 'debug_package %{nil}' \
    --define '_build_id_links none' --define '_missing_build_ids_terminate_build 0' \
    --define '_unpackaged_files_terminate_build 0' --define '__check_files %{nil}' "$work/$1.spec" >&2
}
sign() { # key rpm...
  name=$1
  shift
  rpmsign --addsign --define "_gpg_name $name@localhost" "$@" >/dev/null
}

pack extras
mv "$work"/rpmbuild/RPMS/*/*.rpm "$out/extras/"
pack stand-in
mv "$work"/rpmbuild/RPMS/*/*.rpm "$out/os/"
version=$(cat "$tree/usr/src/version")
ln -s "$tree/usr/src/linux-source-6.12.tar.xz" "$work/linux-$version-1.el10.tar.xz"
ln -s "$tree/usr/src/stand-in.patch" "$work/stand-in.patch"
: >"$work/patch-6.12-redhat.patch"
echo 'RHEL_MAJOR = 10' >"$work/Makefile.rhelver"
rpmbuild -bs --quiet --define "_topdir $work/rpmbuild" --define "_sourcedir $work" --define "linux $version" \
  --define '_source_payload w1T2.zstdio' "$work/kernel.spec" >&2
mv "$work"/rpmbuild/SRPMS/*.rpm "$out/source/"
sign distribution "$out"/os/*.rpm "$out"/extras/*.rpm "$out"/source/*.rpm
rpm --delsign "$out"/extras/signed-by-a-stranger-*.rpm 2>/dev/null || rpmsign --delsign "$out"/extras/signed-by-a-stranger-*.rpm
sign stranger "$out"/extras/signed-by-a-stranger-*.rpm
for repository in os extras source; do createrepo_c --quiet "$out/$repository"; done
printf x >>"$(ls "$out"/extras/tampered-*.rpm)"
