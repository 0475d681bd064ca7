-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade postgres
DO $body$ BEGIN PERFORM 1; END $bod$;

-- migrate:upgrade
CREATE TABLE users (id INTEGER);

-- migrate:downgrade
DROP TABLE IF EXISTS users;
