-- add contact data
--
-- Revision ID: c4e6a8b0d2f1
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
ALTER TABLE users ADD COLUMN phone TEXT, ADD COLUMN email TEXT;

-- migrate:downgrade
ALTER TABLE users DROP COLUMN phone, DROP COLUMN email;
