-- add age
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
-- migrate:effect ALTER TABEL users ADD COLUMN age INT
SELECT add_age_to_users();

-- migrate:downgrade
ALTER TABLE users DROP COLUMN age;
