"""Frames for the tests: a wire between taps of two namespaces, and raw frames on an interface."""
import ctypes, fcntl, os, select, socket, struct, sys

TUNSETIFF, IFF_TAP, IFF_NO_PI, ETH_P_ALL = 0x400454CA, 0x0002, 0x1000, 3
libc = ctypes.CDLL(None, use_errno=True)


def tap(namespace, name):
    with open(f"/run/netns/{namespace}") as handle:
        if libc.setns(handle.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def relay(pairs):
    """Each pair is what an emulated NIC is: one side the tap, the other the guest's interface."""
    ends = {}
    for a, b in pairs:
        left, right = tap(*a.split(":")), tap(*b.split(":"))
        ends[left], ends[right] = right, left
    print("relaying", flush=True)
    while True:
        for fd in select.select(list(ends), [], [])[0]:
            try:
                os.write(ends[fd], os.read(fd, 70000))
            except OSError:
                pass  # the other end is down


def packet_socket(interface):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    raw.bind((interface, 0))
    return raw


def send(interface, destination, ethertype, size):
    head = bytes.fromhex(destination.replace(":", "")) + bytes.fromhex("020000000001") + bytes.fromhex(ethertype)
    packet_socket(interface).send(head + bytes(int(size) - len(head)))


def receive(interface, ethertype):
    raw = packet_socket(interface)
    print("listening", flush=True)
    while True:
        frame = raw.recv(70000)
        if frame[12:14].hex() == ethertype:
            print("received", frame[:6].hex(":"), len(frame), flush=True)
            return


command, *words = sys.argv[1:]
if command == "relay":
    relay([word.split("=") for word in words])
else:
    {"send": send, "receive": receive}[command](*words)
