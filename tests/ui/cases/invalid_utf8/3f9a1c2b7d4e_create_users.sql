-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade
INSERT INTO users (name) VALUES ('café');

-- migrate:downgrade
DROP TABLE users;
