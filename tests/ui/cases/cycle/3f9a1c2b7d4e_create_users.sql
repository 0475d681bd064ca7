-- create users
--
-- Revision ID: 3f9a1c2b7d4e
-- Revises: d5f7b9c1e3a2

-- migrate:upgrade
CREATE TABLE t_3f9a1c2b7d4e (id INTEGER);

-- migrate:downgrade
DROP TABLE t_3f9a1c2b7d4e;
