"""What the four services share: a Flask application with a health check, served by waitress; a failure is logged and answered 500."""
import logging
import os

import flask
import waitress

import working_memory

log = logging.getLogger("shop")


def make_app(name):
    app = flask.Flask(name)

    @app.get("/healthz")
    def healthz():
        return {"service": name, "ok": True}

    @app.errorhandler(Exception)
    def failed(error):
        code = getattr(error, "code", 500)
        if code >= 500:
            log.error("%s %s failed: %s", flask.request.method, flask.request.path, error)
        return {"error": type(error).__name__}, code

    return app


def serve(app):
    working_memory.watch()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    waitress.serve(app, host=os.environ.get("SHOP_HOST", "127.0.0.1"), port=int(os.environ["SHOP_PORT"]), threads=16)
