# hold.pl PORT...
# Keeps the namespaces that it is started in until standard input ends. On ::1 nothing answers at these ports: whoever
# tries it first, as for localhost, goes on to 127.0.0.1.
use strict;
use warnings;
use Socket qw(AF_INET6 SOCK_STREAM IPPROTO_IPV6 IPV6_V6ONLY pack_sockaddr_in6 IN6ADDR_ANY);

my @kept;
for my $port (@ARGV) {
  # a kernel without IPv6 has nothing there anyway
  socket(my $socket, AF_INET6, SOCK_STREAM, 0) or last;
  setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) or die "hold: $!\n";
  # bound, it is nobody else's; it does not listen
  bind($socket, pack_sockaddr_in6($port, IN6ADDR_ANY)) or die "hold: port $port: $!\n";
  push @kept, $socket;
}
$| = 1;
print "$$\n";
1 while sysread STDIN, my $nothing, 1024;
