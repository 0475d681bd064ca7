//! How two schemas differ.

use std::collections::BTreeMap;
use std::fmt;

use super::described::title;
use super::fact::Fact;
use super::{Certainty, Object, ObjectBody, ObjectId, Schema};

/// How an object or a part of it differs between two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What tells the object from others.
    pub id: ObjectId,
    /// The object, with its kind: `table users`.
    pub object: String,
    /// The part of it, `column id`; empty for the object as a whole.
    pub about: String,
    /// As it is in the first.
    pub before: Option<String>,
    /// As it is in the second.
    pub after: Option<String>,
    /// Whether only expressions differ, which may be the same all the same.
    pub is_text_only: bool,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.about.as_str() {
            "" => self.object.clone(),
            about => format!("{about} of {}", self.object),
        };
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "{what}: `{before}` became `{after}`"),
            (Some(_), None) => write!(f, "{what} is gone"),
            (None, _) => write!(f, "{what} is new"),
        }
    }
}

impl Schema {
    /// What differs between this schema and another one, in order. Objects that are not certain in both are left out, and
    /// the order of columns does not count.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let mut all = Vec::new();
        for id in self.changed(other) {
            let (before, after) = (self.get(&id), other.get(&id));
            let is_certain = |object: &Object| object.certainty == Certainty::Certain;
            if !before.is_none_or(is_certain) || !after.is_none_or(is_certain) {
                continue;
            }
            // Told with its table.
            if [before, after].iter().flatten().any(|object| matches!(object.body, ObjectBody::Index { .. }))
            {
                continue;
            }
            match (before, after) {
                (Some(before), Some(after)) => self.compare(other, &id, before, after, &mut all),
                (Some(object), None) | (None, Some(object)) => {
                    let title = title(object, &id);
                    all.push(Difference {
                        id: id.clone(),
                        object: title.clone(),
                        about: String::new(),
                        before: before.map(|_| title.clone()),
                        after: after.map(|_| title),
                        is_text_only: false,
                    });
                }
                (None, None) => {}
            }
        }
        all
    }

    fn compare(
        &self,
        other: &Self,
        id: &ObjectId,
        before: &Object,
        after: &Object,
        out: &mut Vec<Difference>,
    ) {
        let by_name = |schema: &Self, object: &Object, beside: &Object| -> BTreeMap<String, Vec<Fact>> {
            let mut map = BTreeMap::<String, Vec<Fact>>::new();
            for fact in schema.facts_beside(object, Some(beside)) {
                map.entry(fact.about.clone()).or_default().push(fact);
            }
            map
        };
        let (mut old, new) = (by_name(self, before, after), by_name(other, after, before));
        let object = title(after, id);
        // What is not known of one of them is the same as anything.
        let knows =
            |object: &Object| !matches!(&object.body, ObjectBody::View(view) if view.columns.is_none());
        let counts = |about: &str| knows(before) && knows(after) || !about.starts_with("column ");
        let mut push = |about: &str, before: Option<&Fact>, after: Option<&Fact>, is_text_only: bool| {
            let line = |fact: &Fact| fact.line.clone();
            let (before, after) = (before.map(line), after.map(line));
            out.push(Difference {
                id: id.clone(),
                object: object.clone(),
                about: about.to_owned(),
                before,
                after,
                is_text_only,
            });
        };
        for (about, mine) in new.into_iter().filter(|(about, _)| counts(about)) {
            let mut theirs = old.remove(&about).unwrap_or_default();
            theirs.sort_by_key(|fact| fact.is_optional);
            let mut rest = Vec::new();
            for fact in mine {
                let is_same =
                    |other: &Fact| fact.says_like(other) || self.are_same(&other.texts, &fact.texts);
                match theirs.iter().position(|other| fact.is_like(other) && is_same(other)) {
                    Some(place) => drop(theirs.remove(place)),
                    None => rest.push(fact),
                }
            }
            leave_out_optional(&mut rest, &mut theirs);
            for fact in &rest {
                match theirs.iter().position(|other| fact.is_like(other)) {
                    Some(place) => push(&about, Some(&theirs.remove(place)), Some(fact), true),
                    None if theirs.is_empty() => push(&about, None, Some(fact), false),
                    None => push(&about, Some(&theirs.remove(0)), Some(fact), false),
                }
            }
            theirs.iter().for_each(|fact| push(&about, Some(fact), None, false));
        }
        for (about, theirs) in old.into_iter().filter(|(about, _)| counts(about)) {
            let theirs = theirs.iter().filter(|fact| !fact.is_optional);
            theirs.for_each(|fact| push(&about, Some(fact), None, false));
        }
    }

    /// What [`differences`](Self::differences) says nothing about, because it is not known in both schemas.
    pub fn undecided(&self, other: &Self) -> Undecided {
        let mut undecided =
            Undecided { objects: vec![], has_others: other.may_have_others && !self.may_have_others };
        for id in self.changed(other) {
            let both = [self.get(&id), other.get(&id)];
            let both = || both.iter().flatten();
            if !both().any(|object| object.certainty != Certainty::Certain) {
                continue;
            }
            match both().rfind(|object| !object.is_mere_word()) {
                Some(object) if matches!(object.body, ObjectBody::Index { .. }) => {}
                Some(object) => undecided.objects.push(title(object, &id)),
                None => undecided.has_others = true,
            }
        }
        undecided
    }
}

/// What nobody knows of how two schemas differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undecided {
    /// Objects that are not known in all.
    pub objects: Vec<String>,
    /// Whether there may be more, of which nothing is known.
    pub has_others: bool,
}

impl Undecided {
    /// Whether everything was compared.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && !self.has_others
    }
}

/// Takes out of both what may as well not be there, each with something of the other that it may be.
fn leave_out_optional(some: &mut Vec<Fact>, others: &mut Vec<Fact>) {
    for (one, other) in [(0, 1), (1, 0)] {
        let both = [&mut *some, &mut *others];
        let all = both[one].len();
        both[one].retain(|fact| !fact.is_optional);
        let left_out = all - both[one].len();
        let rest = both[other].len();
        both[other].truncate(rest.saturating_sub(left_out));
    }
}
