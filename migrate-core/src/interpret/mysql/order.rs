//! The clauses of one `ALTER TABLE`, which take effect at once.

use std::borrow::Cow;

use crate::ddl::{AlterAction, Ident, Kind, PartPosition};

/// The parts of an `ALTER TABLE` in the order in which they take effect: what goes, goes first, and a new name comes last.
pub(in crate::interpret) fn in_order(actions: &[AlterAction]) -> Vec<Cow<'_, AlterAction>> {
    let mut all: Vec<Cow<'_, AlterAction>> = actions.iter().map(Cow::Borrowed).collect();
    let last = all.iter().rposition(|action| matches!(&**action, AlterAction::RenameTo(_)));
    let mut place = 0;
    all.retain(|action| {
        place += 1;
        !matches!(&**action, AlterAction::RenameTo(_)) || Some(place - 1) == last
    });
    all.sort_by_key(|action| match &**action {
        AlterAction::DropConstraint { kind: Some(Kind::ForeignKey), .. } => 0,
        AlterAction::DropConstraint { .. } => 1,
        AlterAction::DropColumn { .. } => 2,
        AlterAction::RenameIndex { .. } | AlterAction::Set(..) | AlterAction::AlterColumn { .. } => 3,
        AlterAction::AddConstraint { constraint, .. } => match constraint.kind {
            crate::ddl::ConstraintKind::ForeignKey { .. } => 7,
            _ => 6,
        },
        AlterAction::RenameTo(_) => 9,
        AlterAction::RemakeCheck { .. } => 8,
        // A column may have the name that another one gives up.
        AlterAction::AddColumn { .. } => 5,
        _ => 4,
    });
    place_anywhere(&mut all);
    if exchanges_names(&all) {
        through_other_names(&mut all);
    }
    all
}

/// What is placed after a column that comes with the same statement: where does not count.
fn place_anywhere(actions: &mut [Cow<'_, AlterAction>]) {
    let added = |action: &Cow<'_, AlterAction>| match &**action {
        AlterAction::AddColumn { column, .. } => Some(column.name.text.clone()),
        _ => None,
    };
    let added: Vec<Box<str>> = actions.iter().filter_map(added).collect();
    for action in actions {
        let AlterAction::ReplaceColumn { column, .. } = &**action else { continue };
        let Some(PartPosition::After(name)) = &column.position else { continue };
        if added.iter().any(|added| added.eq_ignore_ascii_case(&name.text))
            && let AlterAction::ReplaceColumn { column, .. } = action.to_mut()
        {
            column.position = None;
        }
    }
}

/// A column that gets another name: the old one and the new one.
fn renamed(action: &AlterAction) -> Option<(&Ident, &Ident)> {
    let (old, new) = match action {
        AlterAction::RenameColumn { old, new } => (old, new),
        AlterAction::ReplaceColumn { old, column, .. } => (old, &column.name),
        _ => return None,
    };
    (!old.text.eq_ignore_ascii_case(&new.text)).then_some((old, new))
}

/// Whether one column gets the name that another one gives up.
fn exchanges_names(actions: &[Cow<'_, AlterAction>]) -> bool {
    let mut names = actions.iter().filter_map(|action| renamed(action));
    names.any(|(_, new)| {
        let mut others = actions.iter().filter_map(|action| renamed(action));
        others.any(|(old, _)| old.text.eq_ignore_ascii_case(&new.text))
    })
}

/// Columns that exchange their names get them at once, here by way of names that no column has.
fn through_other_names(actions: &mut Vec<Cow<'_, AlterAction>>) {
    let mut first = Vec::new();
    for action in actions.iter_mut() {
        let Some((old, _)) = renamed(action) else { continue };
        let between = Ident::new(format!("{}\0", old.text), old.at);
        first.push(Cow::Owned(AlterAction::RenameColumn { old: old.clone(), new: between.clone() }));
        match action.to_mut() {
            AlterAction::RenameColumn { old, .. } | AlterAction::ReplaceColumn { old, .. } => *old = between,
            _ => {}
        }
    }
    let place = actions.iter().position(|action| renamed(action).is_some()).unwrap_or(0);
    actions.splice(place..place, first);
}

/// Whether a column goes and another one of its name comes, which then takes its place in indexes as well.
pub(in crate::interpret) fn replaces_by_name(actions: &[AlterAction]) -> bool {
    actions.iter().any(|action| match action {
        AlterAction::DropColumn { name, .. } => actions.iter().any(|other| {
            matches!(other, AlterAction::AddColumn { column, .. }
                if column.name.text.eq_ignore_ascii_case(&name.text))
        }),
        _ => false,
    })
}

/// The columns that are written with a character set by a statement that converts the table to another one. Which of the
/// two they get depends on the server.
pub(in crate::interpret) fn converted_twice(actions: &[AlterAction]) -> Vec<Box<str>> {
    let converts =
        |action: &AlterAction| matches!(action, AlterAction::Set(key, _) if key.starts_with("convert"));
    if !actions.iter().any(converts) {
        return vec![];
    }
    let written = actions.iter().filter_map(|action| match action {
        AlterAction::AddColumn { column, .. } | AlterAction::ReplaceColumn { column, .. } => {
            Some(column.name.text.clone())
        }
        _ => None,
    });
    written.collect()
}
