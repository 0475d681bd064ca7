-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
DO $$ BEGIN EXECUTE 'CREATE TABLE ' || current_user || ' (id INTEGER)'; END $$;

-- migrate:downgrade
DROP TABLE users;
