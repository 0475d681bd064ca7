-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE users (name TEXT);

-- migrate:downgrade
DROP TABLE users;
