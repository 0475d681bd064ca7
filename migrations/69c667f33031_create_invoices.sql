-- create invoices
--
-- Amounts are in the smallest unit of the currency (cents, pence, yen).
--
-- Revision ID: 69c667f33031
-- Revises: 69b7bfdd18b8
-- Create Date: 2026-03-27 11:20:19 UTC

-- migrate:upgrade postgres
CREATE TABLE invoices (
    id              UUID PRIMARY KEY,
    subscription_id UUID NOT NULL,
    period_start    DATE NOT NULL,
    amount          BIGINT NOT NULL,
    currency        CHAR(3) NOT NULL,
    issued_at       TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    paid_at         TIMESTAMPTZ,
    CONSTRAINT invoices_amount_check CHECK (amount >= 0),
    CONSTRAINT invoices_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscriptions (id)
);

CREATE UNIQUE INDEX invoices_subscription_id_period_start_key ON invoices (subscription_id, period_start);

-- migrate:upgrade mysql
CREATE TABLE invoices (
    id              BINARY(16) NOT NULL PRIMARY KEY,
    subscription_id BINARY(16) NOT NULL,
    period_start    DATE NOT NULL,
    amount          BIGINT NOT NULL,
    currency        CHAR(3) NOT NULL,
    issued_at       TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    paid_at         TIMESTAMP(6) NULL DEFAULT NULL,
    UNIQUE KEY invoices_subscription_id_period_start_key (subscription_id, period_start),
    CONSTRAINT invoices_amount_check CHECK (amount >= 0),
    CONSTRAINT invoices_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscriptions (id)
);

-- migrate:upgrade sqlite
CREATE TABLE invoices (
    id              BLOB NOT NULL PRIMARY KEY,
    subscription_id BLOB NOT NULL,
    period_start    DATE NOT NULL,
    amount          BIGINT NOT NULL,
    currency        CHAR(3) NOT NULL,
    issued_at       TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    paid_at         TIMESTAMPTZ,
    CONSTRAINT invoices_amount_check CHECK (amount >= 0),
    CONSTRAINT invoices_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscriptions (id)
);

CREATE UNIQUE INDEX invoices_subscription_id_period_start_key ON invoices (subscription_id, period_start);

-- migrate:downgrade
DROP TABLE invoices;
