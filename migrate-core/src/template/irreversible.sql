-- template: no way back, with the reason
-- {message}
--
-- Revision ID: {revision}
-- Revises: {revises}
-- Create Date: {create_date}
-- Branch Labels: {branch_labels}
-- Depends On: {depends_on}

-- migrate:upgrade
{upgrade}

-- migrate:irreversible what it removes cannot be brought back
