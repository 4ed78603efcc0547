# read-only.pl PATH...
# Makes the mount at each PATH, and every mount below it, read-only and nosuid. mount(8) can do that from 2.39 on only.
use strict;
use warnings;

# system calls of x86-64 and their constants: linux/mount.h, linux/fcntl.h
my ($MOUNT, $MOUNT_SETATTR) = (165, 442);
my ($AT_FDCWD, $AT_RECURSIVE) = (-100, 0x8000);
my ($ATTR_RDONLY, $ATTR_NOSUID) = (1, 2);
my ($MS_REMOUNT, $MS_BIND) = (0x20, 0x1000);
my %MS = (ro => 1, nosuid => 2, nodev => 4, noexec => 8);
my $ENOSYS = 38;

for my $path (@ARGV) {
  my $attributes = pack 'Q4', $ATTR_RDONLY | $ATTR_NOSUID, 0, 0, 0;
  next if syscall($MOUNT_SETATTR, $AT_FDCWD, $path, $AT_RECURSIVE, $attributes, length $attributes) == 0;
  die "$path cannot be made read-only: $!\n" if $! != $ENOSYS;
  each_below($path);
}

# Before Linux 5.12: one mount after the other. In a user namespace the flags that were locked must stay set.
sub each_below {
  my ($path) = @_;
  open my $mounts, '<', '/proc/self/mountinfo' or die "/proc/self/mountinfo cannot be read: $!\n";
  while (my $line = <$mounts>) {
    my ($at, $options) = (split / /, $line)[4, 5];
    $at =~ s/\\([0-7]{3})/chr oct $1/ge;
    next if $at ne $path && index($at, "$path/") != 0;
    my $flags = $MS_REMOUNT | $MS_BIND | $MS{ro} | $MS{nosuid};
    $flags |= $MS{$_} // 0 for split /,/, $options;
    syscall($MOUNT, 0, $at, 0, $flags, 0) == 0 or die "$at cannot be made read-only: $!\n";
  }
}
