-- merge comments and billing
--
-- Billing opens: from here on there is one line again. Nothing to run.
--
-- Revision ID: 69ce3b53bb3b
-- Revises: 69c2a8462516, 69c667f33031
-- Create Date: 2026-04-02 09:48:03 UTC

-- migrate:upgrade

-- migrate:downgrade
