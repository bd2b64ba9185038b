"""Charges a card and keeps the record of it."""
import flask

from database import Database
from records import write_down
from service import make_app, serve
from working_memory import work

app = make_app("payments")
database = Database("payments")


@app.post("/charges")
def charge():
    work()
    amount_cents = flask.request.get_json()["amount_cents"]
    with database.connection() as connection:
        # the charge is held open while the card network answers
        row = connection.execute("INSERT INTO charges (amount_cents) SELECT %s FROM (SELECT pg_sleep(0.12)) AS network RETURNING id", (amount_cents,)).fetchone()
    write_down("payments", f"charge {row[0]} {amount_cents}")
    return {"id": row[0]}, 201


serve(app)
