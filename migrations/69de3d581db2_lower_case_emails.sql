-- lower-case emails
--
-- The application does so for new users since the release before. Two accounts whose addresses differ only in case
-- make this fail on `users_email_key` and change nothing: join them first.
--
-- Revision ID: 69de3d581db2
-- Revises: 69ce3b53bb3b
-- Create Date: 2026-04-14 13:12:56 UTC

-- migrate:upgrade
UPDATE users SET email = lower(email) WHERE email <> lower(email);

-- migrate:irreversible the spelling that people typed is kept nowhere
