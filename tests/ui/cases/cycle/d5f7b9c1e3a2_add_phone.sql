-- add phone
--
-- Revision ID: d5f7b9c1e3a2
-- Revises: 8b2d0e4f6a1c

-- migrate:upgrade
CREATE TABLE t_d5f7b9c1e3a2 (id INTEGER);

-- migrate:downgrade
DROP TABLE t_d5f7b9c1e3a2;
