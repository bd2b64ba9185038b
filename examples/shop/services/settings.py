"""Settings from Parameter Store, looked at again every few seconds, as a service does that must not be redeployed to be tuned."""
import logging
import os
import threading
import time

import boto3

log = logging.getLogger("shop.settings")


class WatchedSetting:
    """The value of one parameter. Keeps the last known value while the store cannot be reached; starts with the default."""

    def __init__(self, name, default, on_change, every_s=3.0):
        self.name, self.value, self.on_change, self.every_s = name, default, on_change, every_s
        self.client = boto3.client("ssm", region_name=os.environ.get("AWS_REGION", "eu-west-1"))
        self.refresh()
        threading.Thread(target=self.watch, daemon=True).start()

    def refresh(self):
        try:
            value = self.client.get_parameter(Name=self.name)["Parameter"]["Value"]
        except Exception as error:  # the shop sells on without its settings
            log.warning("setting %s could not be read: %s", self.name, error)
            return
        if value != self.value:
            log.warning("setting %s changed from %s to %s", self.name, self.value, value)
            self.value = value
            self.on_change(value)

    def watch(self):
        while True:
            time.sleep(self.every_s)
            self.refresh()
