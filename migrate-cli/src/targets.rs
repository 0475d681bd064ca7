//! Targets on the command line, and errors of the graph as failures.

use std::str::FromStr;

use migrate_core::graph::new::PlaceError;
use migrate_core::graph::target::{ParseTargetError, Target};
use migrate_core::graph::{RangeError, RebaseError, ResolveError, SquashError};
use migrate_core::history::History;

use crate::exit::Exit;
use crate::failure::{Failure, Result};

/// Reads a target, or a range of them.
///
/// # Errors
///
/// - The text is not one.
pub(crate) fn parse<T: FromStr<Err = ParseTargetError>>(text: &str) -> Result<T> {
    text.parse().map_err(|error: ParseTargetError| {
        with_helps(Failure::usage("bad-target", error.to_string()), error.helps())
    })
}

/// Reads several targets.
///
/// # Errors
///
/// - One of the texts is not a target.
pub(crate) fn parse_all(texts: &[String]) -> Result<Vec<Target>> {
    texts.iter().map(|text| parse(text)).collect()
}

/// The target means nothing in this history.
pub(crate) fn unresolved(error: ResolveError) -> Box<Failure> {
    let code = match &error {
        ResolveError::UnknownRevision { .. } => "unknown-revision",
        ResolveError::Replaced { .. } => "replaced",
        ResolveError::UnknownBranch { .. } => "unknown-branch",
        ResolveError::SeveralHeads { .. } => "several-heads",
        ResolveError::NotInBranch { .. } | ResolveError::UnknownOnBranch { .. } => "not-in-branch",
        ResolveError::OutOfRange { .. } => "out-of-range",
        ResolveError::AmbiguousPrefix { .. }
        | ResolveError::AmbiguousReading { .. }
        | ResolveError::AmbiguousWalk { .. }
        | ResolveError::AmbiguousCurrent { .. } => "ambiguous-target",
        _ => "bad-target",
    };
    with_helps(Failure::new(Exit::Usage, code, error.to_string()), error.helps())
}

/// The range means nothing in this history.
pub(crate) fn bad_range(error: RangeError) -> Box<Failure> {
    match error {
        RangeError::Target(error) => unresolved(error),
        _ => with_helps(Failure::usage("bad-range", error.to_string()), error.helps()),
    }
}

/// A revision cannot be written there, or under these names.
pub(crate) fn misplaced(history: &History, error: PlaceError) -> Box<Failure> {
    let error = match error {
        PlaceError::Target(error) => return unresolved(error),
        error => error,
    };
    let code = match &error {
        PlaceError::InvalidId { .. } => "bad-id",
        PlaceError::InvalidLabel { .. } => "bad-label",
        PlaceError::DuplicateId { .. } | PlaceError::ReplacedId { .. } => "duplicate-id",
        PlaceError::IdIsLabel { .. } | PlaceError::DuplicateLabel { .. } | PlaceError::LabelIsId { .. } => {
            "label-clash"
        }
        PlaceError::NotAHead { .. } => "not-a-head",
        PlaceError::DuplicateParent { .. } => "duplicate-parent",
        PlaceError::ImpliedParent { .. } | PlaceError::NothingToMerge { .. } => "nothing-to-merge",
        _ => "bad-target",
    };
    let taken = match &error {
        PlaceError::DuplicateId { id } | PlaceError::ReplacedId { by: id, .. } => {
            history.index_of(id).map(|node| (id.clone(), node))
        }
        _ => None,
    };
    let failure = with_helps(Failure::usage(code, error.to_string()), error.helps());
    match taken {
        Some((id, node)) => failure.note(format!("`{id}` is in {}", history.revision(node).path)),
        None => failure,
    }
}

/// The branch cannot be put there.
pub(crate) fn not_rebased(error: RebaseError) -> Box<Failure> {
    let code = match &error {
        RebaseError::SameLine { .. } => "same-line",
        RebaseError::Joined { .. } => "already-joined",
        RebaseError::SeveralLines { .. } => "several-lines",
        RebaseError::Cycle { .. } => "cycle",
        _ => "bad-target",
    };
    Failure::usage(code, error.to_string()).help(error.help())
}

/// The run cannot be replaced by one revision.
pub(crate) fn not_squashed(error: &SquashError) -> Box<Failure> {
    let code = match error {
        SquashError::NotConnected { .. } | SquashError::One { .. } => "bad-range",
        _ => "open-run",
    };
    Failure::usage(code, error.to_string()).help(error.help())
}

fn with_helps(failure: Box<Failure>, helps: Vec<String>) -> Box<Failure> {
    helps.into_iter().fold(failure, |failure, help| failure.help(help))
}
