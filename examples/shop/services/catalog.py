"""Products and their prices."""
from database import Database
from records import write_down
from service import make_app, serve
from working_memory import work

app = make_app("catalog")
database = Database("catalog")


@app.get("/products")
def products():
    work()
    with database.connection() as connection:
        # the sleep stands for a query over a catalogue that is larger than ours
        rows = connection.execute("SELECT id, name, price_cents FROM products, (SELECT pg_sleep(0.07)) AS pause ORDER BY id").fetchall()
    write_down("catalog", "list shown")
    return [{"id": row[0], "name": row[1], "price_cents": row[2]} for row in rows]


@app.get("/products/<int:product_id>")
def product(product_id):
    work()
    with database.connection() as connection:
        row = connection.execute("SELECT id, name, price_cents FROM products, (SELECT pg_sleep(0.07)) AS pause WHERE id = %s", (product_id,)).fetchone()
    write_down("catalog", f"product {product_id} shown")
    return {"id": row[0], "name": row[1], "price_cents": row[2]} if row else ({"error": "no such product"}, 404)


serve(app)
