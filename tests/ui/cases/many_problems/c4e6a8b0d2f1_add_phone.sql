-- add phone
--
-- Revision ID: c4e6a8b0d2f1
-- Revises: head

-- migrate:upgrade
CREATE TABLE t_c4e6a8b0d2f1 (id INTEGER);

-- migrate:downgrade
DROP TABLE t_c4e6a8b0d2f1;
