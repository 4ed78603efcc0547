# confine.pl [user-namespace] [terminal] -- FILTER CAPABILITIES DIRECTORY COMMAND...
# Makes the mount in the current directory the root, leaves nothing of the old one, and runs a command there.
#
#   user-namespace  in a user namespace that has no rights outside it, whose mounts cannot be undone from the inside
#   terminal        in the session of the caller; otherwise in one of its own, without a terminal
#   FILTER          a seccomp filter, in hexadecimal
#   CAPABILITIES    numbers with commas: all that the command can have
#
# Each variable ANTIDOTE_STEP_N is one of the command's, with its name; it gets no others.
use strict;
use warnings;

# system calls of x86-64 and their constants: linux/sched.h, linux/mount.h, linux/prctl.h, linux/capability.h
my %CALL = (
  close => 3, setsid => 112, capget => 125, capset => 126, pivot_root => 155, prctl => 157, mount => 165,
  umount2 => 166, unshare => 272, landlock_create_ruleset => 444, landlock_restrict_self => 446,
);
my ($CLONE_NEWNS, $CLONE_NEWUSER) = (0x20000, 0x10000000);
my ($MS_RDONLY, $MS_NOSUID, $MS_NODEV, $MS_NOEXEC) = (1, 2, 4, 8);
my ($MS_REMOUNT, $MS_BIND, $MS_MOVE) = (0x20, 0x1000, 0x2000);
my $MNT_DETACH = 2;
my ($PR_SET_SECCOMP, $SECCOMP_MODE_FILTER) = (22, 2);
my ($PR_CAPBSET_DROP, $PR_CAP_AMBIENT, $PR_CAP_AMBIENT_CLEAR_ALL) = (24, 47, 4);
my $LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET = 1;
my $CAPABILITY_VERSION_3 = 0x20080522;

# what goes wrong in here is no exit status of the command
$SIG{__DIE__} = sub { print STDERR @_; exit 125 };

sub call {
  my ($name, @arguments) = @_;
  my $result = syscall $CALL{$name}, @arguments;
  die "enter: $name: $!\n" if $result == -1;
  return $result;
}

# What the kernel offers to write in /proc outside of processes belongs to the host.
sub protect_proc {
  opendir my $proc, 'proc' or die "enter: /proc: $!\n";
  for my $entry (grep { !/^\d+$|^\./ } readdir $proc) {
    my $path = "proc/$entry";
    my (undef, undef, $mode) = lstat $path or next;
    next if -l _ || !(-d _ || $mode & 0222);
    call('mount', $path, $path, 0, $MS_BIND, 0);
    my $flags = $MS_REMOUNT | $MS_BIND | $MS_RDONLY | $MS_NOSUID | $MS_NODEV | $MS_NOEXEC;
    call('mount', 0, $path, 0, $flags, 0);
  }
}

sub change_root {
  call('unshare', $CLONE_NEWNS);
  my ($new, $old) = ('.', '.');
  if (syscall($CALL{pivot_root}, $new, $old) == 0) {
    call('umount2', '.', $MNT_DETACH);
  } else {
    # an initramfs is the one root that cannot be changed for another: it is covered
    call('mount', '.', '/', 0, $MS_MOVE, 0);
    chroot '.' or die "enter: chroot: $!\n";
  }
  chdir '/' or die "enter: chdir: $!\n";
}

# The same users as outside, with rights over nothing that is not made in here. Its maps are written from the outside.
sub new_users {
  my %maps = map { $_ => identity("/proc/self/$_") } 'uid_map', 'gid_map';
  my $pid = $$;
  pipe my $ready, my $go or die "enter: pipe: $!\n";
  my $writer = fork // die "enter: fork: $!\n";
  if ($writer == 0) {
    close $go;
    exit 0 if !defined(readline $ready);
    for my $name (sort keys %maps) {
      open my $map, '>', "/proc/$pid/$name" or die "enter: $name: $!\n";
      syswrite $map, $maps{$name} or die "enter: $name: $!\n";
    }
    exit 0;
  }
  close $ready;
  syscall($CALL{unshare}, $CLONE_NEWUSER | $CLONE_NEWNS) == 0
    or die "enter: a user namespace cannot be made: $!\n";
  syswrite $go, "\n";
  close $go;
  waitpid $writer, 0;
  exit 125 if $? != 0;
}

sub identity {
  my ($file) = @_;
  open my $map, '<', $file or die "enter: $file: $!\n";
  return join '', map { my ($inside, undef, $size) = split; "$inside $inside $size\n" } <$map>;
}

# Abstract sockets belong to the network, not to files: those of the host's own services are out of reach from Linux 6.12
# on. An older kernel has nothing for it, so its answer is not looked at.
sub leave_abstract_sockets {
  my $attributes = pack 'Q3', 0, 0, $LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
  my $rules = syscall $CALL{landlock_create_ruleset}, $attributes, length $attributes, 0;
  return if $rules == -1;
  call('landlock_restrict_self', $rules, 0);
  syscall $CALL{close}, $rules;
}

# Unlike no_new_privs, the rights that this takes leave setuid programs as they are.
sub install_filter {
  my ($filter) = @_;
  my $program = pack 'S x6 P', length($filter) / 8, $filter;
  call('prctl', $PR_SET_SECCOMP, $SECCOMP_MODE_FILTER, $program, 0, 0);
}

sub keep_capabilities {
  my %kept = map { $_ => 1 } @_;
  for (my $number = 0; $number < 64; $number++) {
    next if $kept{$number} || syscall($CALL{prctl}, $PR_CAPBSET_DROP, $number, 0, 0, 0) == 0;
    # the first number that the kernel does not know ends it
    last if $!{EINVAL};
    die "enter: capability $number cannot be dropped: $!\n";
  }
  syscall $CALL{prctl}, $PR_CAP_AMBIENT, $PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0;
  my ($header, $data) = (pack('L2', $CAPABILITY_VERSION_3, 0), pack 'x24');
  # not by call(), which would have the answer written into a copy
  syscall($CALL{capget}, $header, $data) == 0 or die "enter: capget: $!\n";
  my @words = unpack 'L6', $data;
  @words[2, 5] = (0, 0); # what is inherited
  call('capset', $header, pack 'L6', @words);
}

my %asked;
$asked{shift @ARGV} = 1 while $ARGV[0] ne '--';
my (undef, $filter, $capabilities, $directory, @command) = @ARGV;
%ENV = map { split /=/, $ENV{$_}, 2 } grep { /^ANTIDOTE_STEP_/ } keys %ENV;

protect_proc();
change_root();
new_users() if $asked{'user-namespace'};
leave_abstract_sockets() if $asked{'user-namespace'};
install_filter(pack 'H*', $filter);
call('setsid') unless $asked{terminal};
keep_capabilities(split /,/, $capabilities);
chdir $directory or die "enter: $directory: $!\n";
umask 022;
{ no warnings 'exec'; exec { $command[0] } @command; }
print STDERR "$command[0]: $!\n";
exit($!{ENOENT} ? 127 : 126);
