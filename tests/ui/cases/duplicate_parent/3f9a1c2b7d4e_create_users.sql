-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE t_3f9a1c2b7d4e (id INTEGER);

-- migrate:downgrade
DROP TABLE t_3f9a1c2b7d4e;
