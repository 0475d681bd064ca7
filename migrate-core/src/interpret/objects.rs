//! Objects that are not tables.

use super::run::Run;
use crate::ddl::{DropTarget, Kind};
use crate::schema::{ObjectId, ObjectName, Space};

impl Run<'_> {
    /// What tells an object of the remaining kinds from others: its kind, what it belongs to, its name.
    pub(super) fn other_id(&self, kind: Kind, target: &DropTarget) -> Option<ObjectId> {
        let on = target.on.as_ref().map_or(String::new(), |on| format!("{} ", on.name.text));
        let mut name = self.new_name(&target.name, false)?;
        name = ObjectName { name: format!("{kind:?} {on}{}", name.name).into(), ..name };
        Some(self.id(&name, Space::Other))
    }
}
