-- create totals
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TABLE totals (
    double INTEGER GENERATED ALWAYS AS (2 * 21)
);

-- migrate:downgrade
DROP TABLE totals;
