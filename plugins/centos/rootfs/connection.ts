/**
 * The connection of the management card, which NetworkManager reads only where nobody else can. It says who it is by its
 * card's address: machines of one image have one machine-id until they are told another.
 */
export const CONNECTION = {
  path: '/etc/NetworkManager/system-connections/management.nmconnection',
  content: `[connection]
id=management
uuid=a17d07e1-0000-4000-8000-000000000002
type=ethernet
interface-name=eth0
autoconnect=true
autoconnect-retries=0

[ipv4]
method=auto
dhcp-client-id=mac
dhcp-timeout=2147483647
may-fail=false

[ipv6]
method=disabled
`,
}
