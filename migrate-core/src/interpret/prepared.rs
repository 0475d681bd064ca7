//! MySQL's statements that are put together as texts and then run.
//!
//! The idiom asks the catalog whether something is there and chooses one of two texts. Whichever ran, what any of them would
//! change is uncertain from then on, and nothing else is.

use super::{Interpreter, Run};
use crate::ddl::{Ident, Statement};
use crate::parse::{Parsed, parse};
use crate::schema::{Object, ObjectId, Schema};

impl Run<'_> {
    /// `EXECUTE`
    pub(super) fn execute_prepared(&mut self, name: &Ident) {
        let Some(texts) = self.session.texts_of(&name.text) else { return self.lose_all() };
        let before = self.schema.clone();
        for text in texts {
            match parse(&text, self.dialect) {
                // It may run others in turn.
                Parsed::Statement(statement) if !matches!(*statement, Statement::Call(_)) => {
                    let mut other = Interpreter::on(before.clone());
                    other.session = self.session.clone();
                    other.made.clone_from(self.made);
                    other.dropped.clone_from(self.dropped);
                    drop(other.run(&statement, &text));
                    self.may_have_become(&before, other.schema());
                }
                _ => return self.lose_all(),
            }
        }
    }

    /// What one schema has otherwise than the other is uncertain.
    fn may_have_become(&mut self, before: &Schema, after: &Schema) {
        if after.may_have_others {
            return self.lose_all();
        }
        let ids: Vec<ObjectId> = before.objects().unshared(after.objects()).into_iter().collect();
        for id in ids {
            let name = |object: &Object| object.name.clone();
            match (before.get(&id), after.get(&id)) {
                (Some(_), Some(_)) => self.lose(&id),
                (Some(object), None) | (None, Some(object)) => self.may_be_there(id, name(object)),
                (None, None) => {}
            }
        }
    }
}
