-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: <base>
-- Revises: 8b2d0e4f6a1c

-- migrate:upgrade
CREATE TABLE t_3f9a1c2b7d4e (id INTEGER);

-- migrate:downgrade
DROP TABLE t_3f9a1c2b7d4e;
