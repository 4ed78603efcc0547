# build.sh TREE WORK OUT: a disk for UEFI from a tree, with a GPT, an ESP with systemd-boot, and the root on btrfs.
set -eu
tree=$1 work=$2 out=$3
root_type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
root_id=6f3c1d52-7a6e-4c5f-9b0e-0a5d3c9f1e77
esp_type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B

esp=$work/esp.img
truncate -s 96M "$esp"
mkfs.vfat -F 32 -n ESP "$esp" >/dev/null
mmd -i "$esp" ::EFI ::EFI/BOOT ::loader ::loader/entries
mcopy -i "$esp" /usr/lib/systemd/boot/efi/systemd-bootx64.efi ::EFI/BOOT/BOOTX64.EFI
mcopy -i "$esp" "$tree"/boot/vmlinuz-* ::vmlinuz
mcopy -i "$esp" "$tree"/boot/initrd.img-* ::initrd.img
printf 'timeout 0\n' | mcopy -i "$esp" - ::loader/loader.conf
printf 'title Router\nlinux /vmlinuz\ninitrd /initrd.img\noptions root=PARTUUID=%s rootfstype=btrfs rw console=ttyS0 no_timer_check\n' \
  "$root_id" | mcopy -i "$esp" - ::loader/entries/router.conf

root=$work/root.img
size=$(($(du -sm --exclude=boot "$tree" | cut -f1) + 400))
truncate -s "${size}M" "$root"
mkfs.btrfs -q --rootdir "$tree" "$root"

disk=$work/disk.raw
truncate -s "$((size + 96 + 4))M" "$disk"
sfdisk -q "$disk" <<EOF
label: gpt
start=1MiB, size=96MiB, type=$esp_type
start=97MiB, size=${size}MiB, type=$root_type, uuid=$root_id
EOF
dd if="$esp" of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$root" of="$disk" bs=1M seek=97 conv=notrunc,sparse status=none
qemu-img convert -f raw -O qcow2 "$disk" "$out/disk.qcow2"
rm "$esp" "$root" "$disk"
