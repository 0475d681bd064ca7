-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE log (line TEXT);

-- migrate:downgrade
DROP TABLE log;
DROP TABLE users;
