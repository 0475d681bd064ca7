-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade
BEGIN;
CREATE TABLE users (id INTEGER);
COMMIT;

-- migrate:downgrade
DROP TABLE users;
ROLLBACK;
