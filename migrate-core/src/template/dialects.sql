-- template: an upgrade and a downgrade for each database of the project
-- {message}
--
-- Revision ID: {revision}
-- Revises: {revises}
-- Create Date: {create_date}
-- Branch Labels: {branch_labels}
-- Depends On: {depends_on}

-- migrate:upgrade {dialect}
{upgrade}

-- migrate:downgrade {dialect}
{downgrade}
