//! The clock that all tools share, and the connections of those that go through diesel.

use std::future::Future;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};
use tokio::runtime::Runtime;

/// How often a call is repeated whose median counts.
const REPEATS: usize = 300;

/// Prints how long it takes to apply all, to apply nothing, and to read one row.
///
/// Nothing is warmed up before `apply`: it happens once in the life of a process.
pub fn measure<C>(
    connection: &mut C,
    apply: impl FnOnce(&mut C),
    mut nothing: impl FnMut(&mut C),
    mut one_row: impl FnMut(&mut C),
) {
    let start = Instant::now();
    apply(connection);
    println!("apply {}", start.elapsed().as_secs_f64());
    let (mut nothings, mut rows) = (vec![], vec![]);
    // In turns, so that both see the same machine.
    for _ in 0..REPEATS {
        nothings.push(time(|| nothing(connection)));
        rows.push(time(|| one_row(connection)));
    }
    println!("nothing {}", median(nothings).as_secs_f64());
    println!("row {}", median(rows).as_secs_f64());
}

/// Prints how long one call takes, as the time to apply all.
pub fn measure_floor(apply: impl FnOnce()) {
    println!("apply {}", time(apply).as_secs_f64());
}

fn time(call: impl FnOnce()) -> Duration {
    let start = Instant::now();
    call();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The two arguments: the kind of database, and where it is. The database holds `one_row (n)` with one row.
pub fn arguments() -> (String, String) {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("arguments: <kind of database> <url>");
    (next(), next())
}

/// PostgreSQL as the tests reach it, without a C library.
pub type Postgres = AsyncConnectionWrapper<AsyncPgConnection, Shared>;

/// MySQL or MariaDB as the tests reach it, without a C library.
pub type Mysql = AsyncConnectionWrapper<AsyncMysqlConnection, Shared>;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
});

/// Drives a connection on the one runtime.
#[derive(Clone, Copy, Debug)]
pub struct Shared;

impl BlockOn for Shared {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        RUNTIME.block_on(future)
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// Waits for a future on the one runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

diesel::table! {
    one_row (n) { n -> Integer, }
}

/// A function that reads the one row through diesel. A macro, for the bounds of a generic one are long.
#[macro_export]
macro_rules! diesel_row {
    () => {
        |connection| {
            use $crate::one_row;
            let rows: Vec<i32> = $crate::diesel::RunQueryDsl::load(
                $crate::diesel::QueryDsl::select(one_row::table, one_row::n),
                connection,
            )
            .expect("the row");
            assert_eq!(rows, [1]);
        }
    };
}

#[doc(hidden)]
pub use diesel;
