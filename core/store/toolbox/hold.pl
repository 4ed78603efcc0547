# hold.pl FAMILY/PORT...
# Keeps the namespaces that it is started in until standard input ends. Nothing answers at these ports on 127.0.0.1 (4) or
# ::1 (6): a client that tries it first, as for localhost, then tries the other.
use strict;
use warnings;
use Socket qw(AF_INET AF_INET6 SOCK_STREAM IPPROTO_IPV6 IPV6_V6ONLY pack_sockaddr_in pack_sockaddr_in6 INADDR_ANY
  IN6ADDR_ANY);

my @kept;
for (@ARGV) {
  my ($family, $port) = split m{/};
  # where the kernel has no IPv6, nothing answers anyway
  socket(my $socket, $family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or next;
  setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) if $family == 6;
  my $address = $family == 6 ? pack_sockaddr_in6($port, IN6ADDR_ANY) : pack_sockaddr_in($port, INADDR_ANY);
  # bound, it is nobody else's; it does not listen
  bind($socket, $address) or die "hold: port $port: $!\n";
  push @kept, $socket;
}
$| = 1;
print "$$\n";
1 while sysread STDIN, my $nothing, 1024;
