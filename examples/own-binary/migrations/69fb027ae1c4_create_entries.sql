-- create entries
--
-- Revision ID: 69fb027ae1c4
-- Create Date: 2026-05-06 08:57:30 UTC

-- migrate:upgrade
CREATE TABLE entries (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author     TEXT NOT NULL,
    message    TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- migrate:downgrade
DROP TABLE entries;
