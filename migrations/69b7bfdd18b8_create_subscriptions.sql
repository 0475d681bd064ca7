-- create subscriptions
--
-- Billing is a line of its own until it opens, so that it can wait without holding up the rest.
--
-- Revision ID: 69b7bfdd18b8
-- Revises: 69a5604b4d3c
-- Create Date: 2026-03-16 08:31:25 UTC
-- Branch Labels: billing

-- migrate:upgrade postgres
CREATE TABLE subscriptions (
    id         UUID PRIMARY KEY,
    user_id    UUID NOT NULL,
    plan       VARCHAR(32) NOT NULL,
    started_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ended_at   TIMESTAMPTZ,
    CONSTRAINT subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX subscriptions_user_id_started_at_idx ON subscriptions (user_id, started_at);

-- migrate:upgrade mysql
CREATE TABLE subscriptions (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    user_id    BINARY(16) NOT NULL,
    plan       VARCHAR(32) NOT NULL,
    started_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    ended_at   TIMESTAMP(6) NULL DEFAULT NULL,
    KEY subscriptions_user_id_started_at_idx (user_id, started_at),
    CONSTRAINT subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

-- migrate:upgrade sqlite
CREATE TABLE subscriptions (
    id         BLOB NOT NULL PRIMARY KEY,
    user_id    BLOB NOT NULL,
    plan       VARCHAR(32) NOT NULL,
    started_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ended_at   TIMESTAMPTZ,
    CONSTRAINT subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX subscriptions_user_id_started_at_idx ON subscriptions (user_id, started_at);

-- migrate:downgrade
DROP TABLE subscriptions;
