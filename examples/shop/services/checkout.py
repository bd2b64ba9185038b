"""Takes an order: looks the price up, charges it, writes the order down."""
import os

import flask
import requests

from database import Database
from records import write_down
from service import make_app, serve
from working_memory import work

app = make_app("checkout")
database = Database("checkout")
session = requests.Session()


@app.post("/orders")
def order():
    work()
    product_id = flask.request.get_json()["product_id"]
    product = session.get(f"{os.environ['CATALOG_URL']}/products/{product_id}", timeout=3)
    product.raise_for_status()
    charge = session.post(os.environ["PAYMENTS_URL"] + "/charges", json={"amount_cents": product.json()["price_cents"]}, timeout=3)
    charge.raise_for_status()
    with database.connection() as connection:
        # the order is held open while the warehouse reserves the product
        row = connection.execute("INSERT INTO orders (product_id, charge_id) SELECT %s, %s FROM (SELECT pg_sleep(0.11)) AS warehouse RETURNING id",
                                 (product_id, charge.json()["id"])).fetchone()
    write_down("checkout", f"order {row[0]} {product_id}")
    return {"order_id": row[0]}, 201


serve(app)
