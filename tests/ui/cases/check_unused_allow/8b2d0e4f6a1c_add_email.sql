-- add email
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
-- migrate:allow needs-empty-table nobody has registered yet
ALTER TABLE users ADD COLUMN email TEXT;

-- migrate:downgrade
ALTER TABLE users DROP COLUMN email;
