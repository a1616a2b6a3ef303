-- A small shop for docker-compose.yml: an ordinary table, one that refers to it, and one without a key.
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    amount numeric(12, 2) NOT NULL,
    ordered_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE audit_log (
    at timestamptz NOT NULL DEFAULT now(),
    message text NOT NULL
);
INSERT INTO customers (name) SELECT 'Customer ' || n FROM generate_series(1, 100) AS n;
INSERT INTO orders (customer_id, amount) SELECT 1 + n % 100, n FROM generate_series(1, 1000) AS n;
