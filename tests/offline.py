"""Run a command where there is no network but loopback: `python -m tests.offline COMMAND...` (Linux, as root).

What the hub serves and does at run time needs nothing of the internet: here there is none to be had.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

_NEW_NETWORK = 0x4000_0000  # CLONE_NEWNET (sched.h)
_SET_FLAGS = 0x8914  # SIOCSIFFLAGS (sockios.h)
_UP_AND_RUNNING = 0x41  # IFF_UP and IFF_RUNNING (if.h)


def leave_the_network() -> None:
    """Take this process, and all that it starts, into a network that holds loopback alone. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "a network namespace needs Linux and root")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP_AND_RUNNING))
    names = [name for _, name in socket.if_nameindex()]
    if names != ["lo"]:
        raise OSError(f"there is more than loopback: {names}")


if __name__ == "__main__":
    leave_the_network()
    os.execvp(sys.argv[1], sys.argv[1:])
