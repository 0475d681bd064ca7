-- count ids
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
ALTER TABLE users ALTER COLUMN id DROP NOT NULL;

-- migrate:downgrade
ALTER TABLE users ALTER COLUMN id SET NOT NULL;
