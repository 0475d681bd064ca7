//! A history that is part of the binary, and its revisions as types.
//!
//! The macro writes [`Embedded`] and the impls; users hold [`Migrations`] and name targets: [`Head`], [`Base`], a text, or
//! a revision's own type, which stops compiling when the revision is gone.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use migrate_core::dialect::Dialect;
use migrate_core::digest::Digest;
use migrate_core::embed;
use migrate_core::history::History as CoreHistory;
use migrate_core::revision::Revision as CoreRevision;

use crate::source::HeadRow;

/// What the macro writes: a history as constants. The fields are the macro's and the runtime's business.
#[doc(hidden)]
#[derive(Debug)]
pub struct Embedded {
    /// Every text of the history.
    pub text: &'static str,
    /// Where each begins.
    pub index: &'static [u8],
    /// The rows of a database that has everything.
    pub heads: &'static [EmbeddedHead],
    /// Whether `head` has one meaning.
    pub one_head: bool,
    /// Where the files were at build time; only in debug builds.
    pub directories: &'static [&'static str],
    /// The history, once somebody needed more than the heads.
    pub history: OnceLock<CoreHistory>,
}

/// A head as the version table has it.
#[doc(hidden)]
#[derive(Debug)]
pub struct EmbeddedHead {
    /// Its id.
    pub id: &'static str,
    /// Its digest for each dialect, in the order of their numbers; empty where the history was not embedded for it.
    pub digests: [&'static str; 3],
    /// The row of a database that ran nothing that was squashed, where that is another one: id and digest for each dialect.
    pub long: &'static [[&'static str; 2]],
}

impl Embedded {
    /// Stands for a history that did not compile, so that the error which says so is the only one.
    pub const fn broken() -> Self {
        Self {
            text: "",
            index: b"\x02\x00\x00\x00",
            heads: &[],
            one_head: false,
            directories: &[],
            history: OnceLock::new(),
        }
    }
}

/// The history type of the expression form, whose revisions have no types.
#[derive(Debug)]
pub enum Untyped {}

/// A history of the item form, as a type.
///
/// Implemented by `embed_migrations!(pub mod … in "…")` for the `History` type of the module that it writes.
pub trait History: Sized + 'static {
    /// The history as a value.
    const MIGRATIONS: Migrations<Self>;
}

/// A history that is part of the binary: what `embed_migrations!` gives.
///
/// It is `Copy`, so a constant of it can be handed around freely. It is also a source of migrations for diesel's own
/// harness: `connection.run_pending_migrations(MIGRATIONS)` works, without this crate's lock, digests and branches.
pub struct Migrations<H = Untyped> {
    embedded: &'static Embedded,
    history: PhantomData<fn() -> H>,
}

impl<H> Clone for Migrations<H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for Migrations<H> {}

impl<H> fmt::Debug for Migrations<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads: Vec<&str> = self.embedded.heads.iter().map(|head| head.id).collect();
        f.debug_struct("Migrations").field("heads", &heads).finish_non_exhaustive()
    }
}

impl<H> Migrations<H> {
    /// Used by the macro.
    #[doc(hidden)]
    pub const fn new(embedded: &'static Embedded) -> Self {
        Self { embedded, history: PhantomData }
    }

    /// The same history without its types, for what holds histories of any kind.
    pub const fn untyped(self) -> Migrations {
        Migrations::new(self.embedded)
    }

    /// The revisions, their graph and their digests.
    ///
    /// The first call reads them out of the binary's constants, in a time that grows with the number of revisions.
    pub fn history(self) -> &'static CoreHistory {
        self.embedded.history.get_or_init(|| {
            embed::decode(self.embedded.text, self.embedded.index)
                .expect("the macro and this crate have the same version, and the macro wrote the history")
        })
    }

    /// The rows of a version table that is up to date, without reading the history.
    pub(crate) fn head_rows(self, dialect: Dialect) -> impl Iterator<Item = HeadRow> {
        self.embedded.heads.iter().map(move |head| {
            let mut rows = vec![(head.id.to_owned(), head.digests[dialect as usize].to_owned())];
            let long = head.long.get(dialect as usize);
            rows.extend(long.map(|[id, digest]| ((*id).to_owned(), (*digest).to_owned())));
            HeadRow(rows)
        })
    }

    /// Whether `head` has one meaning.
    pub(crate) fn has_one_head(self) -> bool {
        self.embedded.one_head
    }

    /// Where the files were at build time; none in release builds.
    pub(crate) fn directories(self) -> &'static [&'static str] {
        self.embedded.directories
    }
}

/// A revision of a history, as a type.
///
/// Implemented for the unit structs that the item form of `embed_migrations!` writes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a revision",
    note = "revisions are the types in the module that `embed_migrations!(pub mod … in \"…\")` writes"
)]
pub trait Revision<H: History>: Target<H> + Sized {
    /// Its id.
    const ID: &'static str = <Self as Target<H>>::TEXT;

    /// The revision: message, parents, labels, SQL.
    fn revision(&self) -> &'static CoreRevision {
        let history = H::MIGRATIONS.history();
        history.revision(place(history, Self::ID))
    }

    /// The digest of the revision and of everything before it, as this kind of database sees it.
    fn digest(&self, dialect: Dialect) -> Digest {
        let history = H::MIGRATIONS.history();
        history.digest(place(history, Self::ID), dialect)
    }
}

// One impl per revision is what the macro writes, of `Target`: a second one would cost a build with 10,000 revisions
// more than a second.
impl<H: History, R: Target<H>> Revision<H> for R where R::Undo: OfRevision {}

fn place(history: &CoreHistory, id: &str) -> usize {
    history.index_of(id).expect("the macro writes a type only for what is in the history")
}

/// What an upgrade of a history `H` can move to: [`Head`], [`Heads`], a revision's type, or a text in the grammar of the
/// command (`"head"`, `"6a1f"`, `"+1"`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a target of this migration history",
    label = "not a revision of the history on which the method is called",
    note = "a revision's type can only be used with the `MIGRATIONS` of the module that defines it"
)]
pub trait Target<H> {
    /// The target as the command would have it, where it is always the same.
    #[doc(hidden)]
    const TEXT: &'static str;
    /// What a downgrade to here would have to undo and perhaps cannot.
    #[doc(hidden)]
    type Undo;

    /// The target as the command would have it.
    #[doc(hidden)]
    fn text(&self) -> Cow<'_, str> {
        Self::TEXT.into()
    }
}

/// What a downgrade of a history `H` can move to: [`Base`], a revision's type, or a text (`"-1"`, `"base"`, an id).
///
/// A revision's type is one only if everything that comes after it can be undone.
pub trait DowngradeTarget<H>: Target<H> {}

impl<H, T: Target<H>> DowngradeTarget<H> for T where T::Undo: Reversible<H> {}

/// Holds for revisions that can be undone; for one that cannot, naming anything older as the target of a downgrade does
/// not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be undone, so nothing older than it can be a downgrade target",
    label = "downgrading this far would have to undo `{Self}`",
    note = "its file says `-- migrate:irreversible` and why; the documentation of `{Self}` shows it"
)]
pub trait Reversible<H> {}

/// The newest revision; an error where the history has several heads.
#[derive(Clone, Copy, Debug)]
pub struct Head;

/// All heads.
#[derive(Clone, Copy, Debug)]
pub struct Heads;

/// Before the first revision.
#[derive(Clone, Copy, Debug)]
pub struct Base;

/// Nothing that would have to be undone is known to be in the way.
#[doc(hidden)]
#[derive(Debug)]
pub enum Free {}

/// The same, of a revision.
#[doc(hidden)]
#[derive(Debug)]
pub enum Clear {}

/// The revision `R`, which cannot be undone, comes after this one.
#[doc(hidden)]
#[derive(Debug)]
pub struct Blocked<R>(PhantomData<R>);

#[diagnostic::do_not_recommend]
impl<H> Reversible<H> for Free {}

#[diagnostic::do_not_recommend]
impl<H> Reversible<H> for Clear {}

// Recommended, so that the compiler names the revision and not this wrapper.
impl<H, R: Reversible<H>> Reversible<H> for Blocked<R> {}

/// What the macro says a revision would have to undo; tells revisions from other targets.
#[doc(hidden)]
pub trait OfRevision {}

impl OfRevision for Clear {}
impl<R> OfRevision for Blocked<R> {}

macro_rules! named_targets {
    ($($type:ty = $text:literal),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<H> Target<H> for $type {
            const TEXT: &'static str = $text;
            type Undo = Free;
        }
    )*};
}

named_targets!(Head = "head", Heads = "heads", Base = "base");

macro_rules! text_targets {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<H> Target<H> for $type {
            const TEXT: &'static str = "";
            type Undo = Free;

            fn text(&self) -> Cow<'_, str> {
                AsRef::<str>::as_ref(self).into()
            }
        }
    )*};
}

text_targets!(&str, String, &String);
