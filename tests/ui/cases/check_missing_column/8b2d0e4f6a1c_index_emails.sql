-- index emails
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE INDEX users_mail_idx ON users (nane);

-- migrate:downgrade
DROP INDEX users_mail_idx;
