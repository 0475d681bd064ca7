-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE users (name TEXT);
CREATE TRIGGER named AFTER INSERT ON users BEGIN
  UPDATE users SET name = 'nobody' WHERE name IS NULL;

-- migrate:downgrade
DROP TABLE users;
