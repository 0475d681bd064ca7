-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

CREATE TABLE users (id INTEGER);

-- migrate:upgrade

-- migrate:downgrade
DROP TABLE users;
