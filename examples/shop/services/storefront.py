"""The page that customers see: a list of products, and the button that buys one."""
import os

import flask
import requests

from service import make_app, serve

app = make_app("storefront")
session = requests.Session()


def get(url):
    answer = session.get(url, timeout=3)
    answer.raise_for_status()
    return answer.json()


@app.get("/")
def front_page():
    products = get(os.environ["CATALOG_URL"] + "/products")
    rows = "".join(f"<li>{p['name']}: {p['price_cents'] / 100:.2f}</li>" for p in products)
    return f"<!doctype html><title>Shop</title><h1>Shop</h1><ul>{rows}</ul>"


@app.post("/buy/<int:product_id>")
def buy(product_id):
    answer = session.post(os.environ["CHECKOUT_URL"] + "/orders", json={"product_id": product_id}, timeout=3)
    answer.raise_for_status()
    return flask.jsonify(answer.json()), 201


serve(app)
