"""The connection pool to PostgreSQL. Its size is a setting: /shop/<service>/db-pool-size."""
import contextlib
import logging
import os
import threading

import psycopg_pool

from settings import WatchedSetting

log = logging.getLogger("shop.database")
WAIT_MAX_S = 0.25


class Database:
    def __init__(self, service):
        self.lock = threading.Lock()
        self.pool = self.open_pool(8)
        self.setting = WatchedSetting(os.environ.get("SHOP_POOL_PARAMETER", f"/shop/{service}/db-pool-size"), "8", self.resize)

    def open_pool(self, size):
        return psycopg_pool.ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=size, timeout=WAIT_MAX_S, open=True)

    def resize(self, text):
        fresh = self.open_pool(max(1, int(text)))
        with self.lock:
            old, self.pool = self.pool, fresh
        threading.Timer(2.0, old.close).start()

    @contextlib.contextmanager
    def connection(self):
        with self.lock:
            pool = self.pool
        try:
            with pool.connection() as connection:
                yield connection
        except psycopg_pool.PoolTimeout:
            log.error("no database connection within %d ms: pool of %d exhausted", WAIT_MAX_S * 1000, pool.max_size)
            raise
