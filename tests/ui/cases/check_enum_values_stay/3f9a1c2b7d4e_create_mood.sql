-- create mood
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TYPE mood AS ENUM ('sad', 'ok');

-- migrate:downgrade
DROP TYPE mood;
