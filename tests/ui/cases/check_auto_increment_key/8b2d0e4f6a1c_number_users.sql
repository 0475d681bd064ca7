-- number users
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
ALTER TABLE users ADD COLUMN number INT NOT NULL AUTO_INCREMENT;

-- migrate:downgrade
ALTER TABLE users DROP COLUMN number;
