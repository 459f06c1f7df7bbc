"""A server that answers every start of a PostgreSQL connection with one refusal."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def refusing_server(message: str, code: str) -> Iterator[int]:
    """A port at which each connection is refused as PostgreSQL does it; yields the port."""
    fields = f"SFATAL\0VFATAL\0C{code}\0M{message}\0\0".encode()
    answer = b"E" + (len(fields) + 4).to_bytes(4, "big") + fields
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    wanted = connection.recv(8)
                    if wanted[4:] == (80877103).to_bytes(4, "big"):  # may we speak TLS?
                        connection.sendall(b"N")
                    connection.recv(1024)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        stop.set()
        thread.join()
