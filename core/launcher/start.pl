# start.pl USER CAPABILITIES DEVICES COMMAND...
# Runs a command as USER, a number, where this may change users, and otherwise as who it is. The command has no capability
# but those of CAPABILITIES, numbers with commas, that it is given here; neither it nor what it starts ever gets another.
# DEVICES, with colons, are made usable for USER.
# It loads no module: perl alone is in an image.

# of x86-64; linux/prctl.h, linux/capability.h, asm/errno.h
my %CALL = (setgroups => 116, setresuid => 117, setresgid => 119, capget => 125, capset => 126, prctl => 157);
my ($PR_SET_KEEPCAPS, $PR_CAPBSET_DROP, $PR_SET_NO_NEW_PRIVS, $PR_CAP_AMBIENT) = (8, 24, 38, 47);
my $PR_CAP_AMBIENT_RAISE = 2;
my ($CAP_SETGID, $CAP_SETUID, $VERSION_3, $EINVAL) = (6, 7, 0x20080522, 22);

my ($user, $numbers, $devices, @command) = @ARGV;
my @kept = split /,/, $numbers;

# Each set is in two words, the lower first: effective, permitted, inheritable, and the same again.
sub sets {
  my ($header, $data) = (pack('L2', $VERSION_3, 0), pack 'x24');
  syscall($CALL{capget}, $header, $data) == 0 or die "capget: $!\n";
  my @words = unpack 'L6', $data;
  return map { $words[$_] | $words[$_ + 3] << 32 } 0 .. 2;
}

# The mount that a path is on: proc_pid_mountinfo(5).
sub mount_of {
  my ($path) = @_;
  my ($point, $type) = ('', '');
  open my $mounts, '<', '/proc/self/mountinfo' or die "mountinfo: $!\n";
  while (<$mounts>) {
    my ($where, $what) = ((split)[4], / - (\S+)/);
    my $inside = $where eq '/' || $path eq $where || index($path, "$where/") == 0;
    ($point, $type) = ($where, $what) if $inside && length $where >= length $point;
  }
  return ($point, $type);
}

# Makes a device usable by another user; gives the group that he needs for it. A node that only root may open is opened to
# all where it is the container's own; a node of the host's stays as it is.
sub admit {
  my ($device) = @_;
  my ($mode, $owner, $group) = (stat $device)[2, 4, 5] or return;
  return if ($mode & 006) == 006;
  return $group if ($mode & 060) == 060 && $group != 0;
  my ($point, $type) = mount_of($device);
  chmod 0666, $device if $owner == $> && $point ne $device && $type ne 'devtmpfs';
  return;
}

# All or nothing: in a user namespace that has no such user this stays who it is.
sub become {
  my @groups = map { admit($_) } split /:/, $devices;
  syscall($CALL{prctl}, $PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 or die "keepcaps: $!\n";
  my $list = pack 'L*', @groups;
  syscall($CALL{setgroups}, scalar @groups, $list) == 0 or return;
  syscall($CALL{setresgid}, $user, $user, $user) == 0 or return;
  syscall($CALL{setresuid}, $user, $user, $user) == 0 or syscall $CALL{setresgid}, 0, 0, 0;
}

my %asked = map { $_ => 1 } @kept;
for (my $number = 0; $number < 64; $number++) {
  next if $asked{$number} || syscall($CALL{prctl}, $PR_CAPBSET_DROP, $number, 0, 0, 0) == 0;
  # the first number that the kernel does not know; who may not change the set is held by what follows
  last if $! == $EINVAL;
}

$user += 0;
my ($effective, $permitted) = sets();
become() if $> == 0 && $effective >> $CAP_SETUID & $effective >> $CAP_SETGID & 1;

my $left = 0;
$left |= 1 << $_ for @kept;
$left &= $permitted;
my ($low, $high) = ($left & 0xffffffff, $left >> 32);
my ($header, $data) = (pack('L2', $VERSION_3, 0), pack 'L6', ($low) x 3, ($high) x 3);
syscall($CALL{capset}, $header, $data) == 0 or die "capset: $!\n";
for my $number (grep { $left >> $_ & 1 } @kept) {
  syscall($CALL{prctl}, $PR_CAP_AMBIENT, $PR_CAP_AMBIENT_RAISE, $number, 0, 0) == 0 or die "ambient: $!\n";
}

# user 0 gets the whole set back with each program that it runs, unless it may gain nothing by that
syscall($CALL{prctl}, $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or die "no_new_privs: $!\n";
exec { $command[0] } @command;
die "$command[0]: $!\n";
