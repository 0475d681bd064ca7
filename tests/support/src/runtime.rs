//! One tokio runtime for all asynchronous connections of a test binary.

use std::future::Future;
use std::sync::LazyLock;

use diesel_async::async_connection_wrapper::BlockOn;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a tokio runtime")
});

/// Drives a connection on the shared runtime, which keeps its timers and tasks alive.
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
