-- create users
--
-- Revision ID: head
-- Revises: <base>

-- migrate:upgrade
CREATE TABLE t_head (id INTEGER);

-- migrate:downgrade
DROP TABLE t_head;
