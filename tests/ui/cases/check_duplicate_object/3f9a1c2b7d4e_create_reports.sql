-- create reports
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE SCHEMA reports;

-- migrate:downgrade
DROP SCHEMA reports;
