"""A program on a terminal of its own, joined to a Unix socket as QEMU joins a serial port.

terminal.py SOCKET COLUMNS SPAM -- ARGV: SPAM is the time in seconds between two messages of a kernel, or 0.
"""
import fcntl, os, pty, select, signal, socket, struct, sys, termios, time

path, columns, spam = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
line = socket.socket(socket.AF_UNIX)
line.connect(path)
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    os.execvp(sys.argv[5], sys.argv[5:])
count, due = 0, time.monotonic() + spam
while True:
    rest = max(0, due - time.monotonic()) if spam else None
    ready, _, _ = select.select([line, terminal], [], [], rest)
    try:
        if spam and time.monotonic() >= due:
            count, due = count + 1, due + spam
            line.sendall(b'[%5d.%06d] spam: %d times the serial console\r\n' % (count, count, count))
        if terminal in ready:
            said = os.read(terminal, 1 if spam else 4096)
            if not said:
                break
            line.sendall(said)
        if line in ready:
            typed = line.recv(4096)
            if not typed:
                break
            os.write(terminal, typed)
    except OSError:
        break
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
