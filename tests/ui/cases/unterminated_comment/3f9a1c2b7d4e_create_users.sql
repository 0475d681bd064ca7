-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade postgres
/* the people
CREATE TABLE users (id INTEGER);

-- migrate:upgrade
CREATE TABLE users (id INTEGER);

-- migrate:downgrade
DROP TABLE users;
