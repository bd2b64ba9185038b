"""The memory that a request works in. SIGUSR2 wakes a fault that sleeps in many programs: from then on something of every request is kept for ever."""
import signal

WORKED_IN = 2 * 1024 * 1024
KEPT = 1024 * 1024

kept, leaking = [], False


def wake(*_):
    global leaking
    leaking = True


def watch():
    signal.signal(signal.SIGUSR2, wake)


def work():
    """Draws a page, a receipt, a label; MemoryError when there is nothing left to draw it in."""
    page = bytearray(WORKED_IN)
    page[::4096] = b"x" * len(page[::4096])
    if leaking:
        kept.append(b"x" * KEPT)
