CREATE TABLE IF NOT EXISTS products (id integer PRIMARY KEY, name text NOT NULL, price_cents integer NOT NULL);
CREATE TABLE IF NOT EXISTS charges (id bigserial PRIMARY KEY, amount_cents integer NOT NULL, charged_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, product_id integer NOT NULL, charge_id bigint NOT NULL, ordered_at timestamptz NOT NULL DEFAULT now());
INSERT INTO products SELECT n, 'Product ' || n, 100 + 37 * n FROM generate_series(1, 20) AS n ON CONFLICT DO NOTHING;
