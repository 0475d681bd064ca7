-- log changes
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TRIGGER log BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION log_change();

-- migrate:downgrade
DROP TRIGGER log ON users;
