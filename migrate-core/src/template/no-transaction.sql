-- template: outside a transaction, as `CREATE INDEX CONCURRENTLY` needs it
-- {message}
--
-- Revision ID: {revision}
-- Revises: {revises}
-- Create Date: {create_date}
-- Branch Labels: {branch_labels}
-- Depends On: {depends_on}

-- migrate:upgrade transaction=false
{upgrade}

-- migrate:downgrade transaction=false
{downgrade}
