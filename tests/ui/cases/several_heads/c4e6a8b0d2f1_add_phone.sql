-- add phone
--
-- Revision ID: c4e6a8b0d2f1
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TABLE t_c4e6a8b0d2f1 (id INTEGER);

-- migrate:downgrade
DROP TABLE t_c4e6a8b0d2f1;
