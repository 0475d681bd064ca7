-- add email
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e, 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TABLE t_8b2d0e4f6a1c (id INTEGER);

-- migrate:downgrade
DROP TABLE t_8b2d0e4f6a1c;
