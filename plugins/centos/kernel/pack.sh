# Makes /build/kernel.rpm of the kernel that was built here. Read by core/linux/compile/compile.sh.
kernel=$(make -s kernelrelease)
mkdir -p /build/root/boot
make -s modules_install INSTALL_MOD_PATH=/build/root/usr INSTALL_MOD_STRIP=1
rm -f /build/root/usr/lib/modules/*/build /build/root/usr/lib/modules/*/source
cp arch/x86/boot/bzImage "/build/root/boot/vmlinuz-$kernel"
cp System.map "/build/root/boot/System.map-$kernel"
cp .config "/build/root/boot/config-$kernel"
cat >/build/kernel-antidote.spec <<EOF
Name: kernel-antidote
Version: $(make -s kernelversion | sed 's,-.*,,')
Release: $(rpm -qp --nosignature --qf '%{RELEASE}' /usr/src/kernel.src.rpm)
Summary: The distribution's kernel, compiled for a guest in a lab
License: GPL-2.0-only
Provides: installonlypkg(kernel)
AutoReqProv: no
%description
The distribution's kernel, compiled for a guest in a lab.
%install
cp -a /build/root/. %{buildroot}/
%files
%attr(-, root, root) /boot/*
%attr(-, root, root) /usr/lib/modules/$kernel
EOF
# rpm has renamed clamp_mtime_to_source_date_epoch
rpmbuild -bb --quiet --target x86_64 --define '_topdir /build/rpmbuild' --define '_rpmdir /build/rpms' \
  --define '_buildhost antidote' --define 'use_source_date_epoch_as_buildtime 1' \
  --define 'clamp_mtime_to_source_date_epoch 1' --define 'build_mtime_policy clamp_to_source_date_epoch' \
  --define '_binary_payload w3.zstdio' --define '_build_id_links none' --define 'debug_package %{nil}' \
  --define '__os_install_post %{nil}' /build/kernel-antidote.spec
cp /build/rpms/x86_64/kernel-antidote-*.rpm /build/kernel.rpm
