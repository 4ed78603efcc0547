# outgoing.pl FILTER FIRST SECOND COMMAND...
# Runs a command that has two ends of a line for datagrams at the file descriptors FIRST and SECOND. What is sent into
# the first comes out of the second if FILTER lets it pass: classic BPF, in hexadecimal. The other way all passes.
# It loads no module: perl alone is in an image.

# of x86-64 and its asm/socket.h
my ($DUP2, $AF_UNIX, $SOCK_DGRAM, $SOL_SOCKET, $SO_ATTACH_FILTER) = (33, 1, 2, 1, 26);

my ($filter, @at) = (pack('H*', shift), map { int shift } 1, 2);
socketpair my $first, my $second, $AF_UNIX, $SOCK_DGRAM, 0 or die "socketpair: $!\n";
my $program = pack 'S x6 P', length($filter) / 8, $filter;
setsockopt $second, $SOL_SOCKET, $SO_ATTACH_FILTER, $program or die "SO_ATTACH_FILTER: $!\n";
for my $end ($first, $second) {
  syscall($DUP2, fileno $end, shift @at) == -1 and die "dup2: $!\n";
}
exec { $ARGV[0] } @ARGV;
die "$ARGV[0]: $!\n";
