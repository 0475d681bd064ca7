-- create users
--
-- Revision ID: 3f9a+1c2b
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE t_3f9a+1c2b (id INTEGER);

-- migrate:downgrade
DROP TABLE t_3f9a+1c2b;
