-- template: an upgrade and a downgrade for every database
-- {message}
--
-- Revision ID: {revision}
-- Revises: {revises}
-- Create Date: {create_date}
-- Branch Labels: {branch_labels}
-- Depends On: {depends_on}

-- migrate:upgrade
{upgrade}

-- migrate:downgrade
{downgrade}
