-- index names
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE INDEX users_name_idx ON users (name);
CREATE INDEX users_name_idx ON users (lower(name));

-- migrate:downgrade
DROP INDEX users_name_idx;
