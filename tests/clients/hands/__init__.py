"""A hand makes one call through one unmodified client: call(credentials, service, operation, parameters) -> the answer as a dict. Moments go in as ISO 8601 text.

Each gives: `services`, what it can call; `stories`, parts of the names of those it tells; `prepare(cache)`, which fetches the client once, pinned; `close()`."""


class Refused(Exception):
    """The service refused, as the client understood it."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Unavailable(Exception):
    """The client cannot be had on this machine; says why."""
