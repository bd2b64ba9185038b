"""What a service writes down beside the database: a line for each thing it did, in its host's spool folder. A line that cannot be written fails the request."""
import os
import threading

lock = threading.Lock()


def write_down(service, text):
    folder = os.environ.get("SHOP_SPOOL")
    if not folder:
        return
    with lock, open(os.path.join(folder, service + ".log"), "a") as file:
        file.write(text + "\n")
