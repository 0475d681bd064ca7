-- add email
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 8b2d0e4f6a1d

-- migrate:upgrade
ALTER TABLE users ADD COLUMN email TEXT;

-- migrate:downgrade
ALTER TABLE users DROP COLUMN email;
